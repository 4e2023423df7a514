"""No secret where it does not belong: state, repository, user-data, environment."""

import base64
import binascii
import re

from .candidate import Candidate, Problems, leaves, short

SECRET_INPUT = re.compile(
    r"password(_wo)?|passwd|secret_(string|binary)(_wo)?|private_key|auth_token|client_secret"
)
SECRET_VARIABLE = re.compile(
    r"PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY|API_KEY|ACCESS_KEY|CREDENTIAL"
)
SECRET_VALUE = re.compile(r"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|://[^/\s:@]+:[^/\s@]+@")
# A name of a secret is none.
REFERENCE = re.compile(r"arn:aws[a-z-]*:\S+|\{\{resolve:secretsmanager:\S+\}\}")
# Resources whose outputs are secrets, and so are in the state.
MAKERS = frozenset(
    {
        "aws:iam/accessKey:AccessKey",
        "aws:iam/userLoginProfile:UserLoginProfile",
        "random:index/randomPassword:RandomPassword",
        "tls:index/privateKey:PrivateKey",
    }
)
INSTEAD = "let AWS make it (manage_master_user_password), or name a secret by its ARN"


def no_secret(candidate: Candidate) -> Problems:
    """No secret enters the state, the repository or user-data: name it by its ARN."""
    if candidate.type in MAKERS:
        yield f"what a {short(candidate.type)} makes is kept in the state; {INSTEAD}"
    for path, value in leaves(candidate.inputs):
        if _is_secret(path, value):
            yield f"{path} holds a secret; {INSTEAD}"
        elif isinstance(value, str) and (
            SECRET_VALUE.search(value) or SECRET_VALUE.search(_decoded(value))
        ):
            yield f"{path} has something in it that looks like a secret; {INSTEAD}"
    # The SDK hides this input from everybody, so that what it holds cannot be judged.
    if candidate.type == "aws:ssm/parameter:Parameter" and candidate.at("value") is not None:
        yield f"value is for secrets, and kept; {INSTEAD}, and write others as insecure_value"


def _is_secret(path: str, value: object) -> bool:
    """Tell whether an input is one for secrets and has one; an Output may bring one."""
    if isinstance(value, bool | int | float) or value == "":
        return False
    if isinstance(value, str) and REFERENCE.fullmatch(value):
        return False
    *_, last = path.split(".")
    if ".variables." in path or "environment" in path:
        # A variable whose value is not known yet is most often a name or an address.
        return isinstance(value, str) and bool(SECRET_VARIABLE.search(last))
    return bool(SECRET_INPUT.fullmatch(last) or re.search(r"_password(_wo)?$", last))


def _decoded(value: str) -> str:
    """Look into base64, which is how user-data comes."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
