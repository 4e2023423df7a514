"""How a tier changes: builds, releases, rollouts. What exists in a tier is in `stack`."""
