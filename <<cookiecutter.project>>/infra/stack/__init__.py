"""What exists in a tier: a function from typed data to resources, one component per file."""

from .lean_sdk import install

install()
