"""Styles: made, mixed, collected, kept and shared."""
