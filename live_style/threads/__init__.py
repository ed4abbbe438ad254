"""Threads, and how they hand values over."""
