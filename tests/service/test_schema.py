"""The service answers as its own OpenAPI document says, whatever it is asked."""

import json
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.service.installed import Installed, Process
from tests.service.raw import ask, request
from tools.environment import python_with

LOCK = Path(__file__).parent / "requirements.txt"
CASES = 1000
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
)


@pytest.fixture
def service(installed: Installed) -> Generator[Process]:
    with installed.serving(openapi=True) as process:
        yield process


def document(service: Process) -> dict:
    return json.loads(ask(service.port, request("GET", "/schema/openapi.json")).body)


def fuzz(service: Process, document: dict, folder: Path, cases: int) -> dict:
    """Run schemathesis over all that the document describes; return its report."""
    source, report = folder / "openapi.json", folder / "report.json"
    source.write_text(json.dumps(document))
    each = -(-cases // sum(len(path) for path in document["paths"].values()))
    done = subprocess.run(
        [
            *(python_with("schemathesis", [LOCK]), "-m", "schemathesis.cli", "run", source),
            *("--url", f"http://127.0.0.1:{service.port}", "--max-examples", str(each)),
            *("--phases", "examples,coverage,fuzzing", "--checks", ",".join(CHECKS)),
            *("--seed", "1", "--generation-database", "none"),  # a run does not depend on another
            *("--report", "json", "--report-json-path", report),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    print(done.stdout, done.stderr)  # the answers that did not fit are only in there
    return json.loads(report.read_text())


@pytest.mark.slow
def test_a_thousand_cases_find_no_server_error_and_no_undocumented_answer(
    service: Process, tmp_path: Path
) -> None:
    report = fuzz(service, document(service), tmp_path, CASES)
    assert report["failures"] == []
    assert report["errors"] == []
    assert report["complete"]
    assert report["test_cases"]["generated"] >= CASES
    # A service that refuses everything would answer as documented, too.
    for rates in report["valid_rates"].values():
        assert sum(phase["accepted"] for phase in rates.values()) > 0


def test_an_undocumented_answer_is_noticed(service: Process, tmp_path: Path) -> None:
    """The control: the document of another service does not fit."""
    other = document(service)
    for schema in other["components"]["schemas"].values():
        schema.setdefault("required", []).append("never_sent")
    report = fuzz(service, other, tmp_path, 2)
    assert {failure["title"] for failure in report["failures"]} == {"Response violates schema"}
