"""Pulumi's program, run where the terminal's Ctrl-C does not reach it.

A person's first Ctrl-C lets `deliver` end its step in order, and the engine has to live that long.
So it runs in a session of its own, and only we tell it to stop. It is told twice at most: at the
first signal it ends what it has begun at AWS, at the second it leaves that where it is.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from pulumi.automation import CommandResult, OnOutput, PulumiCommand
from pulumi.automation.errors import InvalidVersionError, create_command_error

from stack.refusal import Refused

# As the SDK sets it: nobody is asked anything, and events may be listened to.
ALWAYS = {
    "PULUMI_AUTOMATION_API": "true",
    "PULUMI_DEBUG_COMMANDS": "true",
    "PULUMI_SKIP_UPDATE_CHECK": "true",
}


class Command(PulumiCommand):
    """The `pulumi` that a person's shell would find."""

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Run the engine for the SDK; what it says is told once it has ended.

        It says it into files without a name. At the end of a pipe it would die with its deployer,
        in the middle of what AWS is doing for it; so it ends that, and gives its lock back.
        """
        with TemporaryFile() as out, TemporaryFile() as err:
            with self._begun(args, Path(cwd), additional_env, out=out, err=err) as process:
                _wait(process, lambda _: process.wait())
            said, told = (_text(each) for each in (out, err))
        for tell, text in ((on_output, said), (on_error, told)):
            if tell:
                for line in text.splitlines():
                    tell(line)
        return _result(said, told, process.returncode)

    def say(self, *words: str, at: Path, fed: str | None = None) -> str:
        """Run it for what it says, which stays in memory; `fed` is what it reads."""
        with self._begun(words, at, {}, feed=fed is not None) as process:
            said, told = _wait(process, process.communicate, fed)
        return _result(said, told, process.returncode).stdout

    def _begun(
        self,
        args: Sequence[str],
        at: Path,
        environment: Mapping[str, str],
        *,
        feed: bool = False,
        out: IO[bytes] | int = subprocess.PIPE,
        err: IO[bytes] | int = subprocess.PIPE,
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 a list, never a shell
            [self.command, "--non-interactive", *args],
            cwd=at,
            env={**os.environ, **ALWAYS, **environment},
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            encoding="utf-8",
            start_new_session=True,
        )


def _wait[T](
    process: subprocess.Popen[str], wait: Callable[[str | None], T], fed: str | None = None
) -> T:
    """Wait for it; a KeyboardInterrupt stops it, a second one at once."""
    told = False
    while True:
        try:
            done = wait(fed)
        except KeyboardInterrupt:
            told, fed = True, None  # what it is fed is on its way since the first try
            process.send_signal(signal.SIGINT)
        else:
            if told:
                raise KeyboardInterrupt
            return done


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _result(said: str, told: str, code: int) -> CommandResult:
    result = CommandResult(said, told, code)
    if code:
        raise create_command_error(result)
    return result


def find_command() -> Command:
    """Find it; refuse where there is none, or one that is too old."""
    advice = "Install it: https://www.pulumi.com/docs/iac/download-install/"
    try:
        return Command()
    except (FileNotFoundError, PermissionError) as error:
        raise Refused(["There is no `pulumi` on the PATH."], advice) from error
    except subprocess.CalledProcessError as error:
        raise Refused([f"`pulumi version` failed with {error.returncode}."], advice) from error
    except InvalidVersionError as error:
        raise Refused([str(error).splitlines()[0]], advice) from error
