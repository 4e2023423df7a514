"""How a verb can end other than done; the numbers are exit codes, told in the help."""

from stack.refusal import Refused

DONE = 0
REFUSED = 1  # before anything of the tier changed
UNDONE = 3
LEFT = 4
NEEDS_PERSON = 5


class Undone(Refused):
    """A gate did not hold, a step failed, or somebody aborted: the tier is as it was."""

    code = UNDONE


class Left(Refused):
    """The rollout was left in the middle, in order; `resume` and `abort` go on from there."""

    code = LEFT


class NeedsPerson(Refused):
    """The tier serves, but nothing here knows how to go on."""

    code = NEEDS_PERSON
