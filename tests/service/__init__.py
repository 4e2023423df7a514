"""The baked service from outside: installed as a build is, started as a machine starts it."""
