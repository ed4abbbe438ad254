"""The way of a frame through a show: captured, stylized, handed to the outputs, counted."""
