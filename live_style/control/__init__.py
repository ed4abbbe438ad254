"""What a person plays: the mixer and what moves it, keys, cues and the map of styles."""
