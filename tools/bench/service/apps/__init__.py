"""The applications beside ours. They run in the environment of the bench, not in the template's."""
