"""How a tier changes: builds are made and published here. What exists in a tier is in `stack`."""
