import pytest

from delivery import cli
from delivery.builds import build
from stack.refusal import Refused


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main([*words])
    return int(ended.value.code or 0)


def test_help_names_every_verb_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    said = capsys.readouterr().out
    for name in cli.cli.commands:
        assert f"\n  {name} " in said
    assert "..." not in said.replace("[ARGS]...", ""), "a first sentence is too long for its line"
    for code in range(6):
        assert f"\n    {code}  " in said


@pytest.mark.parametrize("verb", sorted(cli.cli.commands))
def test_every_verb_explains_its_options(verb: str) -> None:
    command = cli.cli.commands[verb]
    assert command.help
    options = [each for each in command.params if each.param_type_name == "option"]
    assert all(getattr(each, "help", None) for each in options)
    assert "as_json" in {each.name for each in options}


@pytest.mark.parametrize("words", [["biuld"], ["build", "--architecture", "mips"], ["build", "x"]])
def test_a_wrong_command_line_ends_with_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    assert "Error: " in capsys.readouterr().err


def test_a_refusal_is_its_lines_on_stderr_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **options: object) -> None:
        assert options["allow_dirty"] is True
        assert options["architecture"] == "arm64"
        raise Refused(["One is wrong.", "Two is wrong."], "Mend both.")

    monkeypatch.setattr(build, "build", refuse)

    assert run("build", "--allow-dirty", "--architecture", "arm64") == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "error: One is wrong.\nerror: Two is wrong.\nerror: Mend both.\n"


def test_without_a_terminal_progress_is_a_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def talk(*_: object, tell: object, **__: object) -> None:
        assert callable(tell)
        tell("one thing")
        tell("another")
        raise Refused(["Enough."])

    monkeypatch.setattr(build, "build", talk)
    run("build", "--json")

    assert capsys.readouterr().err == "build: one thing\nbuild: another\nerror: Enough.\n"


def test_ctrl_c_ends_with_1_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "build", stop)

    assert run("build") == 1
    assert capsys.readouterr().err.strip() == "Aborted!"
