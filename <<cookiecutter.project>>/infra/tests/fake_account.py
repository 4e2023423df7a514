"""An account for tests: what AWS would answer, without AWS."""

from samples import ACCOUNT, REGION

from stack.account import Account


class FakeAccount(Account):
    """Holds parameters by name and objects by (bucket, key)."""

    def __init__(
        self,
        parameters: dict[str, str] | None = None,
        objects: dict[tuple[str, str], str] | None = None,
    ) -> None:
        self.region = REGION
        self._parameters = parameters or {}
        self._objects = objects or {}

    def parameter(self, name: str) -> str | None:
        """Give a parameter."""
        return self._parameters.get(name)

    def text(self, bucket: str, key: str) -> str | None:
        """Give an object."""
        return self._objects.get((bucket, key))

    def described(self) -> str:
        """Say which account this is."""
        return f"account {ACCOUNT}, region {REGION}"
