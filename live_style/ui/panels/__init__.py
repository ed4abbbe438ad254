"""Panels over the preview: pure functions from a state to layers, for the window only."""
