"""Sinks: where frames go."""
