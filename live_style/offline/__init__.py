"""Paints photographs and videos, quality before speed."""
