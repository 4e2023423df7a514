"""Failures as the engine shows them: one line with what was tried, the operation and AWS's code."""

import re
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError


class CloudError(Exception):
    """A refusal that this cloud makes where moto would not; reads like AWS's own."""

    def __init__(self, code: str, message: str, operation: str = "") -> None:
        super().__init__(f"{operation}: {code}: {message}" if operation else f"{code}: {message}")
        self.code = code


def code_of(error: BaseException) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return error.code if isinstance(error, CloudError) else ""


def is_gone(error: BaseException) -> bool:
    """Does the answer mean that the thing does not exist?"""
    code = code_of(error)
    return code == "404" or bool(re.search(r"(?i)notfound|nosuch|doesnotexist|nonexistent", code))


def one_line(error: BaseException) -> str:
    match error:
        case ClientError():
            said: dict[str, Any] = error.response.get("Error", {})
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "?")
            text = f"{error.operation_name}: {said.get('Code', status)}: {said.get('Message', '')}"
        case WaiterError():
            text = f"waiting: {error}"
        case BotoCoreError() | CloudError():
            text = str(error)
        case KeyError():
            text = f"internal error of the cloud: missing {error}"
        case _:
            text = (
                f"{type(error).__name__}: {error}"
                if not isinstance(error, RuntimeError)
                else str(error)
            )
    return " ".join(text.split())
