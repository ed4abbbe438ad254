"""The demo scene: a person in a room at dusk, painted by our own code."""
