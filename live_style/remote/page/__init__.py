"""The remote page: controls the show from a phone or any browser."""
