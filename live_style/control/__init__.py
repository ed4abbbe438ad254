"""The controls of a show: the mixer, fades, keys, cues and the map of styles."""
