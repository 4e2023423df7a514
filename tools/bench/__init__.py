"""Measurements: what is compared with what, interleaved, with its spread. `make bench` runs them."""
