"""What a person is told when a cloud cannot be had."""


class CloudStartError(Exception):
    """The cloud cannot start; the message is one line that says why and what to do."""
