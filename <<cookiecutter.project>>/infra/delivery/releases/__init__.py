"""Releases: what goes into one, how two differ, and which may go where."""
