from pathlib import Path

import pytest
from pydantic import SecretStr

from <<cookiecutter.__package>>.settings import (
    PREFIX,
    Settings,
    SettingsError,
    example,
    load_settings,
)


class WithSecret(Settings):
    """As a service's own settings are once it has a secret."""

    api_key: SecretStr


def problems(settings: type[Settings] = Settings) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(settings)
    return caught.value.problems


def test_an_empty_environment_is_enough() -> None:
    assert load_settings(Settings).port == 8000


def test_the_environment_overrides_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}PORT", "9000")
    assert load_settings(Settings).port == 9000


def test_every_problem_is_reported_at_once_and_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}PORT", "http")
    monkeypatch.setenv(f"{PREFIX}WORKERS", "0")
    monkeypatch.setenv(f"{PREFIX}LOG_LEVLE", "info")
    assert problems() == (
        f"{PREFIX}LOG_LEVLE is set, but there is no such setting. Did you mean {PREFIX}LOG_LEVEL?",
        f"{PREFIX}PORT is 'http': it should be a valid integer, unable to parse string as an"
        " integer. Set it to the port to listen on, or leave it out for 8000.",
        f"{PREFIX}WORKERS is '0': it should be greater than or equal to 1."
        " Set it to the number of processes that serve; one for each CPU, or leave it out for 1.",
    )


def test_a_secret_comes_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "API_KEY").write_text("from the file\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert load_settings(WithSecret).api_key.get_secret_value() == "from the file"


def test_the_environment_overrides_a_secret_for_local_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "API_KEY").write_text("from the file")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv(f"{PREFIX}API_KEY", "mine")
    assert load_settings(WithSecret).api_key.get_secret_value() == "mine"


def test_only_secrets_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "PORT").write_text("9000")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert load_settings(Settings).port == 8000


def test_a_missing_secret_says_where_to_put_it() -> None:
    class Described(Settings):
        api_key: SecretStr

    (problem,) = problems(Described)
    assert problem.startswith(f"{PREFIX}API_KEY is not set.")
    assert "the file API_KEY of $CREDENTIALS_DIRECTORY" in problem


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}API_KEY", "hunter2")
    assert "hunter2" not in repr(load_settings(WithSecret))
    monkeypatch.setenv(f"{PREFIX}PORT", "0")
    assert "hunter2" not in str(problems(WithSecret))


def test_settings_never_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1


def test_env_example_is_up_to_date() -> None:
    """`make format` writes it anew."""
    assert Path(__file__).parents[1].joinpath(".env.example").read_text() == example()
