"""Benchmarks: each program prints what it measured beside the figures of others. Nothing here runs in the test suite."""
