"""Which network paints, and at which size: chosen by measured times while the show runs."""
