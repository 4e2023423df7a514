"""Autonaming as pulumi-aws does it: the resource's name, a hyphen, seven hex digits."""

import hashlib
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.cloud.values import DEFAULTED, is_unknown

SUFFIX_LENGTH = 7  # pulumi-aws: NewUniqueHex(name + "-", 7, max)
PREFIX_SUFFIX_LENGTH = 26  # the Terraform provider's id.PrefixedUniqueId

# Modes of `pulumi:autonaming` (provider.proto, AutonamingOptions.Mode).
PROPOSE, ENFORCE, DISABLE = 0, 1, 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming:
    """How a type is named: the input that holds the name, and AWS's limits on it."""

    limit: int = 255
    property: str = "name"
    pattern: str = r"[^\x00-\x1f]+"
    allows: str = "printable characters"
    prefix: str | None = None  # the input that asks for a name with this beginning
    prefix_limit: int | None = None  # default: room for the 26 characters that follow
    begins: str = ""  # what every name of the kind begins with
    lower: bool = False

    def problem(self, name: str) -> str | None:
        """Say what AWS would refuse in a name, or nothing."""
        if not 1 <= len(name) <= self.limit:
            return f'"{name}" has {len(name)} characters; a name here has 1 to {self.limit}'
        if not re.fullmatch(self.pattern, name):
            return f'"{name}" is not a valid name; it may hold {self.allows}'
        return None

    def prefix_problem(self, prefix: str) -> str | None:
        limit = self.prefix_limit or self.limit - PREFIX_SUFFIX_LENGTH
        if len(prefix) > limit:
            return f'"{prefix}" has {len(prefix)} characters; a prefix here has at most {limit}'
        return None


def settle_name(
    naming: Naming,
    resource_name: str,
    olds: Mapping[str, Any],
    news: dict[str, Any],
    seed: bytes,
    mode: int = PROPOSE,
    proposed: str = "",
) -> str | None:
    """Fill in the name when the program gave none; answer what is wrong, or nothing."""
    key = naming.property
    given = news.get(key)
    if given is not None:
        return None if is_unknown(given) or not isinstance(given, str) else naming.problem(given)
    prefix = news.get(naming.prefix) if naming.prefix else None
    if prefix is not None:
        return None if is_unknown(prefix) else naming.prefix_problem(str(prefix))
    if key in olds.get(DEFAULTED, ()) and olds.get(key):
        news[key] = olds[key]
    elif mode == DISABLE:
        return "autonaming is disabled; give the resource an explicit name"
    elif proposed:
        news[key] = proposed
    else:
        stem = resource_name.lower() if naming.lower else resource_name
        room = naming.limit - SUFFIX_LENGTH - 1 - len(naming.begins)
        if len(stem) > room:
            return (
                f'the automatic name "{stem}-" plus {SUFFIX_LENGTH} random characters is longer '
                f"than {naming.limit} characters; shorten the resource's name to {room} or give "
                "it an explicit name"
            )
        news[key] = f"{naming.begins}{stem}-{random_hex(seed, SUFFIX_LENGTH)}"
    news[DEFAULTED] = sorted({*news.get(DEFAULTED, ()), key})
    return naming.problem(str(news[key]))


def prefixed(prefix: str) -> str:
    """A name for a `name_prefix`, unique as the Terraform provider's."""
    return prefix + "".join(random.SystemRandom().choices("0123456789", k=PREFIX_SUFFIX_LENGTH))


def random_hex(seed: bytes, length: int) -> str:
    """The engine's seed gives the same name in preview and update; without one, any name."""
    if not seed:
        return f"{random.SystemRandom().getrandbits(4 * length):0{length}x}"
    return hashlib.sha256(seed).hexdigest()[:length]
