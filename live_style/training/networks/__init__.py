"""Networks as PyTorch modules, and networks read back from files."""
