"""What one AWS account has once."""
