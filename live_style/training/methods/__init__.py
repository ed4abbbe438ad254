"""Ways to learn: what the loss is, and the run that follows it."""
