"""The one error that a user of the platform's programs can meet."""

import pulumi


class PlatformError(pulumi.RunError):
    """Something the user can put right; Pulumi prints the message alone, one line per problem."""

    def __init__(self, problems: str | list[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else problems
        super().__init__("\n".join(self.problems))
