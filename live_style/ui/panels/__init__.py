"""Panels over the painting: pure functions from a state to layers, for the window only."""
