"""`make demo`: all of Slipway on one machine, from a bake to four tiers, nothing left behind."""
