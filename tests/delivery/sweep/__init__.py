"""The fault sweep: a canary, with everything going wrong that can, one thing at a time."""
