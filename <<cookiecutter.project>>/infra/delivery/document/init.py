"""The first document of a tier: it says that no release is there yet."""

from stack.document import empty

from .store import Overtaken, Store


def init(store: Store) -> bool:
    """Write it unless there is one; say whether it was written."""
    stored = store.read()
    if stored.etag:
        return False
    try:
        store.write(empty(store.names), None)
    except Overtaken:
        store.read()  # somebody was faster; what is there can be read, or is told
        return False
    return True
