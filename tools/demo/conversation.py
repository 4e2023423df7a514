"""The demo's talk with the running service."""
