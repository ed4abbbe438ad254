"""What a painting is worth: distances, steadiness, and the choices of people."""
