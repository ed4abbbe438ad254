"""What is measured while the program runs: durations, and a trace of every frame."""
