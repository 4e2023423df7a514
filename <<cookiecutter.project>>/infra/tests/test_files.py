from pathlib import Path

import pytest
from samples import PROJECT_FILE, TIER_FILE

from stack.files import configuration, names_of, settings_in
from stack.refusal import Refused


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    """Give a folder with the files that Pulumi reads."""
    (tmp_path / "Pulumi.yaml").write_text(PROJECT_FILE)
    (tmp_path / "Pulumi.dev.yaml").write_text(TIER_FILE)
    return tmp_path


def own(infra: Path, text: str) -> None:
    (infra / "Pulumi.dev.yaml").write_text(text)


def test_the_project_has_its_name_from_its_file(infra: Path) -> None:
    assert names_of(infra, "dev").base == "orders-dev"


def test_a_wrong_tier_is_told_its_neighbour(infra: Path) -> None:
    with pytest.raises(Refused, match=r"'prd' is no tier; did you mean prod\? The tiers are dev, "):
        names_of(infra, "prd")


def test_the_tier_s_own_file_goes_before_the_common_one(infra: Path) -> None:
    own(infra, "config: {aws:region: eu-west-1, orders:team: other, orders:max_size: 9}\n")

    settings = settings_in(infra, names_of(infra, "dev"))

    assert configuration(infra, names_of(infra, "dev"))["aws:region"] == "eu-west-1"
    assert (settings.team, settings.repository, settings.max_size) == ("other", "acme/orders", 9)


def test_a_file_without_settings_means_the_defaults(infra: Path) -> None:
    own(infra, "")

    assert settings_in(infra, names_of(infra, "dev")).max_size == 1


def test_an_encrypted_setting_is_refused_as_pulumi_up_refuses_it(infra: Path) -> None:
    own(infra, "config: {orders:max_size: {secure: AAABAxyz}}\n")

    with pytest.raises(Refused, match="orders:max_size is encrypted"):
        settings_in(infra, names_of(infra, "dev"))


def test_a_file_that_is_not_there_is_named(infra: Path) -> None:
    names = names_of(infra, "dev")
    (infra / "Pulumi.dev.yaml").unlink()

    with pytest.raises(Refused, match=r"Pulumi.dev.yaml does not exist\. Restore it"):
        settings_in(infra, names)


def test_a_file_that_is_not_yaml_is_named_with_the_place(infra: Path) -> None:
    own(infra, "config: {orders:max_size: [\n")

    with pytest.raises(Refused) as caught:
        settings_in(infra, names_of(infra, "dev"))

    line = str(caught.value)
    assert "Pulumi.dev.yaml: it is not YAML: " in line
    assert "line 2" in line
    assert len(line.splitlines()) == 1
