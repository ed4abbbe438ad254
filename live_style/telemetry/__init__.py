"""Measurements at run time: durations, and a trace of every frame."""
