"""What a rollout does next: pure functions of the document and the live state."""
