"""Threads, and how they pass values."""
