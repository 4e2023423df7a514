"""The service's own commands, run once on an instance."""
