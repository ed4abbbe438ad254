"""The path of a frame through a show: captured, stylized, sent to the outputs, counted."""
