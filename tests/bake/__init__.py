"""Answers in, a project out: what a bake writes, refuses, commits and updates."""
