"""Checks and measures a computer: the doctor and the benchmarks."""
