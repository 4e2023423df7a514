import json

import pytest
from samples import COMMON, SECRET, names, settings

from stack.configuration import load_settings
from stack.refusal import Refused
from stack.tiers import COLUMNS, defaults


def refusal(tier: str = "dev", **changes: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        settings(tier, **changes)
    return str(caught.value).splitlines()


def test_without_a_line_of_its_own_a_tier_has_its_column() -> None:
    prod = settings("prod")

    assert (prod.min_size, prod.max_size, prod.protect) == (3, 12, True)


def test_a_line_in_the_file_deviates_from_the_column() -> None:
    prod = settings(
        "prod",
        max_size="20",
        protect="false",
        instance_types='["c7g.large"]',
        environment='{"ORDERS_LOG_LEVEL": "debug"}',
        secrets=f'{{"DATABASE_PASSWORD": "{SECRET}"}}',
        allowed_networks='["203.0.113.0/24"]',
    )

    assert (prod.max_size, prod.protect, prod.instance_types) == (20, False, ("c7g.large",))
    assert prod.environment == {"ORDERS_LOG_LEVEL": "debug"}


@pytest.mark.parametrize("tier", COLUMNS)
def test_every_value_of_the_table_is_accepted_from_a_file_too(tier: str) -> None:
    """Pulumi hands on whatever a file has as text."""
    written = {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in defaults(tier, "arm64").items()
    }

    assert settings(tier, **written) == settings(tier)


def test_keys_of_others_are_none_of_our_business() -> None:
    others = {"aws:region": "eu-west-1", "pulumi:tags": "{}", "orders-api:max_size": "0"}

    assert load_settings(names(), {**COMMON, **others}) == settings()


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("max_sizes", "max_size"),
        ("maxSize", "max_size"),
        ("instance_type", "instance_types"),
        ("enviroment", "environment"),
        ("log_retention", "log_retention_days"),
        ("secret", "secrets"),
        ("requests_per_second", "requests_per_minute"),
    ],
)
def test_an_unknown_key_names_its_nearest_neighbour(key: str, near: str) -> None:
    assert refusal(**{key: "1"}) == [
        f"Pulumi.dev.yaml: orders:{key} is not known; did you mean {near}? "
        "Settings are listed in stack/settings.py; correct the name or remove it."
    ]


def test_an_unknown_key_without_a_neighbour_is_refused_too() -> None:
    assert refusal(zzz="1")[0].startswith("Pulumi.dev.yaml: orders:zzz is not known. Settings are")


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("min_size", "0", "greater than or equal to 1"),
        ("min_size", "101", "less than or equal to 100"),
        ("min_size", "two", "valid integer"),
        ("min_size", "1.5", "valid integer"),
        ("min_size", "", "valid integer"),
        ("min_size", "[1]", "valid integer"),
        ("max_size", "-1", "greater than or equal to 1"),
        ("max_size", "201", "less than or equal to 200"),
        ("cpu_percent", "9", "greater than or equal to 10"),
        ("cpu_percent", "95", "less than or equal to 90"),
        ("requests_per_minute", "1", "greater than or equal to 10"),
        ("on_demand_base", "-1", "greater than or equal to 0"),
        ("spot_percent", "101", "less than or equal to 100"),
        ("spot_percent", "half", "valid integer"),
        (
            "protect",
            "maybe",
            "must be true or false. Correct or remove it; the default of dev is false",
        ),
        ("log_retention_days", "8", "must be 1, 3, 5, 7, 14"),
        (
            "instance_types",
            "m7g.large",
            'must be a list. Correct or remove it; the default of dev is ["t4g.sma',
        ),
        ("instance_types", "[]", "1 to 20 entries"),
        ("instance_types", '["m7g"]', "an instance type like m7g.large"),
        ("instance_types", '["m7g.large", "m7g.large"]', "must not have an entry twice"),
        ("instance_types", '["m7g.large"', "must be a list"),
        ("image", "amazon-linux", "an image id like ami-"),
        ("image", "ami-123", "an image id like ami-"),
        ("allowed_networks", '["10.0.0.1/8"]', "an IPv4 range"),
        ("allowed_networks", '["::/0"]', "an IPv4 range"),
        ("allowed_networks", '["everybody"]', "an IPv4 range"),
        ("allowed_networks", "[]", "1 to 20 entries"),
        ("canary_percents", "5, 25", "must be a list"),
        ("canary_percents", "[]", "1 to 10 entries"),
        ("canary_percents", "[25, 5]", "must rise from step to step"),
        ("canary_percents", "[5, 5]", "must not have an entry twice"),
        ("canary_percents", "[5, 100]", "99"),
        ("migration", "migrate --to '5'", "without quotes"),
        ("migration", "-m migrate", "a command of the service"),
        ("migration", "migrate {{resolve}}", "a command of the service"),
        ("strategy", "split", "must be 'all-at-once', 'blue-green' or 'canary'"),
        ("environment", "LOG_LEVEL=debug", "table of names and values"),
        ("environment", '{"log_level": "debug"}', "upper-case letters"),
        ("environment", '{"LOG LEVEL": "debug"}', "upper-case letters"),
        ("environment", '{"LOG_LEVEL": "a\\nb"}', "one line"),
        ("environment", '{"PORT": 8000}', "PORT is 8000; it must be text, in quotes"),
        ("environment", '{"A": "' + "x" * 4097 + '"}', "at most 4096"),
        ("night", "always", "like 20:00-07:00"),
        ("time_zone", "Berlin", "a time zone like Europe/Berlin"),
        ("secrets", '{"DATABASE_PASSWORD": "hunter2"}', "the ARN of a Secrets Manager secret"),
    ],
)
def test_a_value_out_of_bounds_is_refused_with_its_rule(key: str, value: str, rule: str) -> None:
    [line] = refusal(**{key: value})

    assert line.startswith(f"Pulumi.dev.yaml: orders:{key}")
    assert rule in line
    assert "the default of dev is" in line


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("architecture", "arm", "'arm64' or 'x86_64'"),
        ("team", "", "letters, digits"),
        ("team", "Schö", "letters, digits"),
        ("repository", "orders", "owner/name"),
    ],
)
def test_a_common_setting_is_corrected_in_the_project_s_file(
    key: str, value: str, rule: str
) -> None:
    line = next(each for each in refusal(**{key: value}) if f"orders:{key}" in each)

    assert line.startswith(f"Pulumi.yaml: orders:{key} is ")
    assert rule in line
    assert line.endswith("Correct it there.")


def test_a_missing_common_setting_says_how_to_add_it() -> None:
    config = {key: value for key, value in COMMON.items() if key != "orders:team"}

    with pytest.raises(Refused, match=r"Pulumi.yaml: orders:team is missing. Add it under config"):
        load_settings(names(), config)


def test_sizes_must_not_contradict_each_other() -> None:
    assert refusal(min_size="5", max_size="4") == [
        "Pulumi.dev.yaml: orders:min_size is 5, more than max_size, 4. Lower it or raise max_size."
    ]


def test_instance_types_must_run_what_the_builds_are_for() -> None:
    [line] = refusal(instance_types='["m7g.large", "m7i.large"]')

    assert "has m7i.large, which is x86_64; the builds are arm64" in line


@pytest.mark.parametrize("name", ["DATABASE_PASSWORD", "API_KEY", "SIGNING_SECRET", "AUTH_TOKEN"])
def test_a_variable_that_looks_like_a_secret_is_refused(name: str) -> None:
    [line] = refusal(environment=f'{{"{name}": "hunter2"}}')

    assert f"orders:environment.{name} looks like a secret" in line
    assert "hunter2" not in line


def test_a_name_is_either_a_variable_or_a_secret() -> None:
    [line] = refusal(environment='{"DSN": "x"}', secrets=f'{{"DSN": "{SECRET}"}}')

    assert "orders:secrets.DSN is in `environment` too" in line


def test_an_event_is_checked_to_its_depth() -> None:
    lines = refusal(events='{"sale": {"start": "2026-11-27T06:00", "min_sizes": 3}}')

    assert lines[0].endswith("Add it, or remove events.")
    assert [line.split(". ")[0] for line in lines] == [
        "Pulumi.dev.yaml: orders:events.sale.end is missing",
        "Pulumi.dev.yaml: orders:events.sale.min_size is missing",
        "Pulumi.dev.yaml: orders:events.sale.max_size is missing",
        "Pulumi.dev.yaml: orders:events.sale.min_sizes is not known; did you mean min_size? "
        "Correct or remove it; the default of dev is {}.",
    ]


def test_an_event_that_the_clock_would_undo_is_refused() -> None:
    sale = {"min_size": 2, "max_size": 4, "start": "2026-11-27T08:00"}
    two = {name: {**sale, "end": f"2026-11-27T{hour}:00"} for name, hour in (("a", 12), ("b", 22))}

    assert refusal(events=json.dumps(two)) == [
        "Pulumi.dev.yaml: orders:events.b must start after a has ended, which would take its sizes "
        "away. Move it, or change the other.",
        "Pulumi.dev.yaml: orders:events.b must begin and end between two nights, and night is "
        "20:00-06:00. Move it, or change the other.",
    ]
    assert len(refusal(night="", events=json.dumps(two))) == 1


def test_an_exception_names_a_guardrail_and_a_reason() -> None:
    reason = "Lines of an audit are kept forever by law."

    assert settings(exceptions=f'{{"logs-end/audit": "{reason}"}}').exceptions
    [line] = refusal(exceptions=f'{{"logs-stay/audit": "{reason}"}}')
    assert "orders:exceptions.logs-stay/audit names no guardrail" in line
    [line] = refusal(exceptions='{"logs-end/audit": "because"}')
    assert "a reason in a sentence" in line
    [line] = refusal(exceptions=f'{{"logs-end": "{reason}"}}')
    assert "<guardrail>/<resource>" in line


def test_an_encrypted_setting_is_refused_since_it_would_not_stay_secret() -> None:
    with pytest.raises(Refused, match="orders:image is encrypted") as caught:
        load_settings(
            names(), {**COMMON, "orders:image": "ami-0123456789abcdef0"}, ["orders:image"]
        )
    assert "Secrets Manager" in str(caught.value)


def test_all_problems_are_told_at_once_also_those_between_settings() -> None:
    lines = refusal(
        "prod", maxsize="3", min_size="20", cpu_percent="99", environment='{"TOKEN": "x"}'
    )

    assert [line.split(" ")[1] for line in lines] == [
        "orders:cpu_percent",
        "orders:maxsize",
        "orders:min_size",
        "orders:environment.TOKEN",
    ]


def test_no_tier_of_that_name() -> None:
    assert refusal("stag") == [
        "Pulumi.stag.yaml: 'stag' is no tier; did you mean stage? "
        "The tiers are dev, test, stage, prod: select one with `pulumi stack select`."
    ]
