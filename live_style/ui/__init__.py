"""What the person at the show sees and touches: the window, its panels, recording."""
