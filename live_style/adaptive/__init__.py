"""Chooses the network and its size during a show, from measured times."""
