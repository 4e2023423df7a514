"""What one tier has once."""
