"""The user interface of a show: the window, its panels, recording."""
