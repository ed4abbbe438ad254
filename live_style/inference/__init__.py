"""Networks: their files, the libraries and processors that run them, and frames through them."""
