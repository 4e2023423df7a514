"""An admin process as the words of a command line, and as the script that Run Command is sent."""

import shlex

from stack.refusal import Refused, shown

BOOT = "/opt/service/current/boot/boot.sh"
MOST_WORDS = 100
MOST_CHARACTERS = 8000  # far below what SendCommand takes, and a machine's limit of one argument
LONGEST_COMMENT = 100  # characters ("SendCommand" in the AWS Systems Manager API Reference)


def script(words: tuple[str, ...]) -> str:
    """Write the script: no word can be more than a word to the shell that reads it."""
    _check(words)
    return f"exec {BOOT} admin {shlex.join(words)}"


def comment(words: tuple[str, ...], who: str, why: str, nonce: str) -> str:
    """Say what runs, by whom and why; the nonce finds it again when AWS's answer is lost."""
    said = f"{who}: {shlex.join(words)}" + (f" ({why})" if why else "")
    plain = "".join(each if each.isprintable() else " " for each in said)
    return f"{plain[: LONGEST_COMMENT - len(nonce) - 1]} {nonce}"


def _check(words: tuple[str, ...]) -> None:
    """Refuse what would not arrive as it was meant."""
    problems = []
    if not words or not words[0]:
        problems.append("There is no command.")
    if len(words) > MOST_WORDS:
        problems.append(f"The command has {len(words)} words; it may have {MOST_WORDS}.")
    length = sum(map(len, words))
    if length > MOST_CHARACTERS:
        problems.append(f"The command has {length} characters; it may have {MOST_CHARACTERS}.")
    for word in words:
        if "{{" in word:
            # Run Command fills in parameters there ("Using Parameter Store parameters in Systems
            # Manager operations" in the AWS Systems Manager User Guide).
            problems.append(f"{shown(word)} has {{{{, in whose place AWS would put a parameter.")
        if not _writable(word):
            problems.append(f"{shown(word)} is not text in UTF-8.")
    if problems:
        raise Refused(
            problems, "Give it as a command line's words: `deliver run dev -- settings --example`."
        )


def _writable(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in word
