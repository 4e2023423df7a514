"""The sets of answers that bakes are tested with, by readable names."""

from itertools import product

Answers = dict[str, str]

CI = ("github", "gitlab")
PYTHON = ("3.13", "3.12", "3.14")
ARCHITECTURE = ("arm64", "x86_64")

# Whatever somebody may type that means something to TOML, YAML, Markdown, make, a shell, GitHub, or
# to a linter that knows look-alikes: the dash and the apostrophe are as editors set them.
AWKWARD = (
    "It's 100% #1: {a} [b] | *c* _d_ & <e> $HOME $(f) ${{ g }} {{h}} {% i %} %(j)s 'k' @l é"
    " 中 😀 >> %> – it’s"  # noqa: RUF001
)
FILLED = AWKWARD + "x" * (120 - len(AWKWARD))

LONGEST: Answers = {
    "project": "a1b2-c3d4-e5f6-g7h8i",
    "description": FILLED,
    "team": "x" * 30 + "-9_" + "y" * 17,
    "repository": "Acme-1/sub.group_2/a1b2-c3d4-e5f6-g7h8i",
    "ci": "gitlab",
    "python": "3.12",
    "architecture": "x86_64",
    "region": "ap-southeast-4",
}
SHORTEST: Answers = {
    "project": "pay",
    "description": "-",
    "team": "t",
    "repository": "a/b",
    "region": "us-gov-west-1",
}

DEFAULTS: Answers = {
    "project": "orders",
    "description": "Takes orders and says what became of them",
    "team": "shop",
    "repository": "example/orders",
    "ci": CI[0],
    "python": PYTHON[0],
    "architecture": ARCHITECTURE[0],
    "region": "eu-west-1",
}


def derived(answers: Answers) -> Answers:
    """What follows from the answers, as cookiecutter.json derives it."""
    package = answers["project"].replace("-", "_")
    github = answers["ci"] == "github"
    middle = "blob" if github else "-/blob"
    return {
        "__package": package,
        "__env_prefix": package.upper(),
        "__owner": "/".join(answers["repository"].split("/")[:-1]),
        "__browse": f"https://{answers['ci']}.com/{answers['repository']}/{middle}/main",
        "__change": "pull request" if github else "merge request",
    }


# Every combination of the choices; twelve bakes take a second.
COMBINATIONS: dict[str, Answers] = {
    f"{ci}-py{python}-{architecture}": {"ci": ci, "python": python, "architecture": architecture}
    for ci, python, architecture in product(CI, PYTHON, ARCHITECTURE)
}
SETS: dict[str, Answers] = {
    "default": {},
    **COMBINATIONS,
    "longest": LONGEST,
    "shortest": SHORTEST,
}
