"""`make demo`: the whole of Slipway on this machine, from a bake to four tiers, leaving nothing behind."""
