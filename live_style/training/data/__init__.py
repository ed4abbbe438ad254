"""Photographs, paintings and batches of them."""
