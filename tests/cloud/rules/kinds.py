"""The kinds of test that a row can make."""

import base64
import binascii
import ipaddress
import json
import re
from typing import Any

from tests.cloud.rules.table import Test


def one_of(*allowed: str | int) -> Test:
    words = ", ".join(str(each) for each in allowed)
    return lambda value: None if value in allowed else f"one of {words}"


def between(least: float, most: float, *others: float) -> Test:
    """A number in a range, or one of the few outside it that have a meaning of their own."""
    extra = "".join(f" or {each}" for each in others)

    def test(value: Any) -> str | None:
        fits = value in others or least <= value <= most
        return None if fits else f"{least} to {most}{extra}"

    return test


def period(value: Any) -> str | None:
    """Seconds between data points."""
    fits = value in (10, 20, 30) or (value > 0 and value % 60 == 0)
    return None if fits else "10, 20, 30 or a multiple of 60"


def length(least: int, most: int) -> Test:
    return lambda value: (
        None if least <= len(str(value)) <= most else f"{least} to {most} characters long"
    )


def members(least: int, most: int) -> Test:
    """How many members a list has; the row's path ends in `.*`."""
    return lambda value: None if least <= len(value) <= most else f"a list of {least} to {most}"


def matches(pattern: str, words: str) -> Test:
    return lambda value: None if re.fullmatch(pattern, str(value)) else words


def cidr(least: int, most: int) -> Test:
    """A block whose prefix is within bounds and whose address is its first."""

    def test(value: Any) -> str | None:
        words = f"an IPv4 block a.b.c.d/n with n from {least} to {most}"
        try:
            network = ipaddress.IPv4Network(value)
        except ValueError:
            return f"{words}, written with its first address"
        return None if least <= network.prefixlen <= most else words

    return test


def arn(service: str = "[a-z0-9-]+") -> Test:
    what = "an ARN" if service.startswith("[") else f"an ARN of {service}"
    return matches(rf"arn:aws[a-z-]*:{service}:[a-z0-9-]*:(\d{{12}}|aws)?:.+", what)


def policy(most: int) -> Test:
    """An IAM policy document of at most so many characters without white space."""

    def test(value: Any) -> str | None:
        try:
            found = json.loads(value)
        except ValueError:
            return "a policy document in JSON"
        if not isinstance(found, dict) or "Statement" not in found:
            return "a policy document with a Statement"
        if len(json.dumps(found, separators=(",", ":"))) > most:
            return f"a policy document of at most {most} characters"
        return None

    return test


def json_text(value: Any) -> str | None:
    try:
        json.loads(value)
    except ValueError:
        return "JSON"
    return None


def encoded(most: int) -> Test:
    """Base64 of at most so many bytes."""

    def test(value: Any) -> str | None:
        try:
            size = len(base64.b64decode(value, validate=True))
        except binascii.Error:
            return "encoded in Base64"
        return None if size <= most else f"Base64 of at most {most} bytes"

    return test
