"""Make one tier of the service. Pulumi runs this file, and so does `deliver`."""

from stack.program import main
from stack.refusal import ended_at_once


def program() -> None:
    """Make what is in stack/. What a team adds goes in here: main(own=...)."""
    main()


if __name__ == "__main__":
    with ended_at_once():
        program()
