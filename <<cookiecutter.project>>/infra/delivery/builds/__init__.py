"""Builds: made of a commit, published, found again, and cleared out."""
