"""Measurements, each next to a named reference in the same run: `python -m benchmarks`."""
