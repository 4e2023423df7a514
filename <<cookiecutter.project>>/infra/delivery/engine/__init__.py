"""Pulumi, as `deliver` runs it: within bounds, and after somebody was killed."""
