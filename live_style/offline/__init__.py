"""Photographs and videos, painted as well as can be instead of in time."""
