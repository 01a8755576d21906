"""Every figure that the docs quote comes from a command here: `make bench`, or `python -m benchmarks ROW…`."""
