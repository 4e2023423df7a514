"""The rollout document: what is in it, how it is kept, and who may write it."""
