"""The kinds of test that a row can make."""

import base64
import binascii
import ipaddress
import json
import re
from functools import cache
from typing import Any
from zoneinfo import available_timezones

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
    fits = value in (10, 20, 30) or (0 < value <= 604800 and value % 60 == 0)
    return None if fits else "10, 20, 30 or a multiple of 60, a week at most"


# Of each field of a cron expression: least, most, and the names it takes.
CRON = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
    (0, 7, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")),
)


def cron(value: Any) -> str | None:
    """Minute, hour, day of the month, month, day of the week."""
    fields = str(value).split(" ")
    words = "a cron expression of five fields, as 30 20 * * 1-5"
    if len(fields) != len(CRON):
        return words
    for field, (least, most, names) in zip(fields, CRON, strict=True):
        for part in field.split(","):
            found = re.fullmatch(r"(\*|(\w+)(?:-(\w+))?)(?:/([1-9]\d*))?", part)
            if found is None or not all(
                end is None
                or end.upper() in names
                or (end.isdecimal() and least <= int(end) <= most)
                for end in found.group(2, 3)
            ):
                return f"{words}; {part} is not from {least} to {most}"
    return None


def time_zone(value: Any) -> str | None:
    """A canonical name of the IANA database."""
    return None if value in available_timezones() else "a time zone as Europe/Berlin or UTC"


def instance_type(value: Any) -> str | None:
    """A type that the locked model of EC2 has."""
    return None if value in known_types() else "an instance type of EC2, as t4g.small"


@cache
def known_types() -> frozenset[str]:
    from moto.core.utils import get_service_model

    return frozenset(get_service_model("ec2").shape_for("InstanceType").enum)


def resource_id(*kinds: str) -> Test:
    """The id of a thing of EC2: its kind, and 8 or 17 hex digits."""
    shown = " or ".join(f"{kind}-0123456789abcdef0" for kind in kinds)
    return matches(rf"({'|'.join(kinds)})-([0-9a-f]{{8}}|[0-9a-f]{{17}})", f"an id as {shown}")


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
        fits = "/" in str(value) and least <= network.prefixlen <= most
        return None if fits else words

    return test


def ipv6_block(value: Any) -> str | None:
    try:
        ipaddress.IPv6Network(value)
    except ValueError:
        return "an IPv6 block, written with its first address"
    return None


def arn(service: str = "[a-z0-9-]+") -> Test:
    what = "an ARN" if service.startswith("[") else f"an ARN of {service}"
    return matches(rf"arn:aws[a-z-]*:{service}:[a-z0-9-]*:(\d{{12}}|aws)?:.+", what)


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


truth = matches(r"true|false", "true or false")
duration = matches(r"0|(\d+(\.\d+)?(ms|s|m|h))+", "a duration as 10m, or 0")
