"""The loop that drives a rollout, and what verbs set going with it."""
