"""Finish a bake: fill in plain tags, drop what was not chosen, make the first commit.

Jinja takes longer for a file's name than this for the file. So cookiecutter only copies what has no
tags other than the plain ones below (_copy_without_render), and renders what has logic or filters.

git never fails the bake: whatever keeps it from committing, one line says how to do it by hand. No
pathlib, shutil or subprocess here: each takes longer to import than git to commit.
"""

import os
import select
import time

# All that comes from the template. pre_gen_project has seen that no answer ends these strings.
VALUES = {
    "project": "<<cookiecutter.project>>",
    "description": "<<cookiecutter.description>>",
    "team": "<<cookiecutter.team>>",
    "repository": "<<cookiecutter.repository>>",
    "ci": "<<cookiecutter.ci>>",
    "python": "<<cookiecutter.python>>",
    "architecture": "<<cookiecutter.architecture>>",
    "region": "<<cookiecutter.region>>",
    "__package": "<<cookiecutter.__package>>",
    "__env_prefix": "<<cookiecutter.__env_prefix>>",
    "__owner": "<<cookiecutter.__owner>>",
    "__browse": "<<cookiecutter.__browse>>",
    "__change": "<<cookiecutter.__change>>",
}
PROJECT = VALUES["project"]
# What cruft is about to write down; nothing when cookiecutter bakes.
CRUFT = r"""
<% if cookiecutter._commit is defined and cookiecutter._output_dir is not defined %>
<<cookiecutter.items()|list|tojson>>
<% endif %>
"""

# Paths that belong to one value of an option, removed unless it was chosen.
BELONGS = {
    "ci": {"github": [".github"], "gitlab": [".gitlab-ci.yml"]},
}
MESSAGE = f"Start {PROJECT} from the Slipway template"
COMMIT_BY_HAND = f"git commit -m '{MESSAGE}'"
ALL_BY_HAND = f"git init -b main && git add -A && {COMMIT_BY_HAND}"
NAME_BY_HAND = "git config --global user.name 'YOUR NAME' && git config --global user.email ADDRESS"
PATIENCE = 30.0  # seconds for hooks and signatures of the user's own; git alone takes 0.02
# A bake may run inside a git hook, whose repository is not the one meant here.
ELSEWHERE = (
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_PREFIX GIT_NAMESPACE"
    " GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GPG_TTY"
)


def main() -> None:
    drop_unchosen(VALUES)
    fill(VALUES)
    folder = os.getcwd()
    by_cruft = bool(CRUFT.strip())
    temporary = below_temporary(folder) if by_cruft else []
    if len(temporary) == 2 and temporary[0].startswith("tmp"):
        return  # cruft compares two such copies for an update: a repository would be a difference
    if by_cruft:
        write_cruft_state(CRUFT)
    outcome = (
        f"No commit in a temporary folder. By hand, in it: {ALL_BY_HAND}"
        if temporary
        else first_commit(folder)
    )
    print(f"{PROJECT} is ready. {outcome}\nNext:\n  cd {displayed(folder)}")
    print("  make install   its environments, exactly as locked")
    print("  make check     format, lint, types and tests")
    print("  make run       the service, on this machine", flush=True)


def drop_unchosen(chosen: dict[str, str]) -> None:
    for option, values in BELONGS.items():
        for value, paths in values.items():
            if value != chosen[option]:
                for path in paths:
                    remove(path)


def fill(values: dict[str, str]) -> None:
    """Put the values in place of their tags, in files that cookiecutter copied as they are."""
    tags = {
        ("<" + f"<{space}cookiecutter.{name}{space}>>").encode(): value.encode()
        for name, value in values.items()
        for space in ("", " ")
    }
    for folder, folders, files in os.walk("."):
        folders[:] = [name for name in folders if name not in (".git", ".venv")]
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                text = filled = file.read()
            if b"cookiecutter." in text:
                for tag, value in tags.items():
                    filled = filled.replace(tag, value)
            if filled != text:
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(filled)


def remove(path: str) -> None:
    """Remove a file or a folder, or nothing when it is gone already."""
    for folder, folders, files in os.walk(path, topdown=False):
        for name in files:
            os.unlink(os.path.join(folder, name))
        for name in folders:
            os.rmdir(os.path.join(folder, name))
    if os.path.isdir(path):
        os.rmdir(path)
    elif os.path.lexists(path):
        os.unlink(path)


def below_temporary(folder: str) -> list[str]:
    """The folder's path below the system's temporary one, into which cookiecutter put this file."""
    temporary = os.path.realpath(os.path.dirname(os.path.abspath(__file__))) + os.sep
    folder = os.path.realpath(folder)
    return folder.removeprefix(temporary).split(os.sep) if folder.startswith(temporary) else []


def write_cruft_state(items: str) -> None:
    """Write .cruft.json as cruft will when this is done, so that the first commit holds it."""
    import json  # noqa: PLC0415 (half as long to import as Python takes to start)

    answers = dict(json.loads(items))
    state = {
        "template": answers["_template"],
        "commit": answers["_commit"],
        "checkout": None,  # not known here: with --checkout, git status shows this line as changed
        "context": {"cookiecutter": answers},
        "directory": None,
    }
    with open(".cruft.json", "w") as file:
        json.dump(state, file, ensure_ascii=False, indent=2, separators=(",", ": "))
        file.write("\n")


def first_commit(folder: str) -> str:
    """Commit everything; say that it is done, or why not and how to do it by hand."""
    if os.path.lexists(".git"):
        return "It has a repository already: see git status."
    around = surrounding_repository(folder)
    if around:
        return f"No commit: it lies inside {around}. For a repository of its own: {ALL_BY_HAND}"
    # A list of what one person ignores must not leave files out of everyone's repository.
    everyones = ("-c", f"core.excludesFile={os.devnull}")
    # Half of the time of `add` is compression; the first gc compresses all of it, and better.
    at_once = ("-c", "core.looseCompression=0")
    try:
        said = git("init", "-q") or git(*everyones, *at_once, "add", "-A")
        if said:
            return f"No commit: git said {said}. By hand, in it: {ALL_BY_HAND}"
        said = git("-c", "gc.auto=0", "-c", "maintenance.auto=false", "commit", "-qm", MESSAGE)
        if said and git("var", "GIT_COMMITTER_IDENT"):
            by_hand = f"{NAME_BY_HAND} && {COMMIT_BY_HAND}"
            return f"No commit: git has no name for you. By hand, in it: {by_hand}"
    except (OSError, NotImplementedError):
        return f"No commit: git cannot be run. Once it can: {ALL_BY_HAND}"
    return (
        f"No commit: git said {said}. By hand, in it: {COMMIT_BY_HAND}"
        if said
        else "First commit made."
    )


def surrounding_repository(folder: str) -> str:
    """The nearest folder above that is a repository."""
    while folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        if os.path.lexists(os.path.join(folder, ".git")):
            return folder
    return ""


def git(*arguments: str) -> str:
    """Run git; return its last words if it fails.

    It has no input, and a session of its own, so that a signature or a hook that wants a passphrase
    fails instead of waiting at a terminal, and that it ends with its children when time is up.
    """
    # Never a guessed identity: the first commit stays for ever.
    command = ["git", "-c", "user.useConfigOnly=true", "-c", "init.defaultBranch=main", *arguments]
    environment = {k: v for k, v in os.environ.items() if k not in ELSEWHERE.split()}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "SSH_ASKPASS_REQUIRE": "never"}
    reader, writer = os.pipe()
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, writer, 1),
        (os.POSIX_SPAWN_DUP2, writer, 2),
    ]
    try:
        process = os.posix_spawnp("git", command, environment, file_actions=streams, setsid=True)
    finally:
        os.close(writer)
    words, status = listen(reader, process)
    os.close(reader)
    if status is None:
        return f"nothing for {PATIENCE:.0f} seconds, as if it waited for a passphrase"
    lines = [line.strip() for line in words.decode(errors="replace").splitlines() if line.strip()]
    return "" if status == 0 else " / ".join(lines[-2:]) or f"nothing, and ended with {status}"


def listen(reader: int, process: int) -> tuple[bytes, int | None]:
    """What the process says, and its status; None when it had to be ended for lack of time."""
    words = b""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if select.select([reader], [], [], 0.05)[0]:
            chunk = os.read(reader, 65536)
            words += chunk
            if not chunk:
                return words, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        else:  # it may end while a service that it started still holds the pipe
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                return words, os.waitstatus_to_exitcode(status)
    os.killpg(process, 9)
    os.waitpid(process, 0)
    return words, None


def displayed(folder: str) -> str:
    """The folder as seen from the shell that asked for the bake."""
    shell = os.environ.get("PWD", "")
    path = os.path.relpath(folder, shell) if os.path.isabs(shell) else folder
    path = folder if path.startswith("..") else path
    return path if path.translate({ord(c): "" for c in "/-_."}).isalnum() else f"'{path}'"


if __name__ == "__main__":
    if os.path.basename(__file__).startswith("tmp"):  # cookiecutter would leave this copy behind
        os.unlink(__file__)
    main()
