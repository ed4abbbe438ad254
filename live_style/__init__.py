"""live-style: a webcam becomes a living painting."""

__version__ = "0.1.0"
