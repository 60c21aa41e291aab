"""A database that does not answer, or does not know a package, never counts as an answer without vulnerabilities."""

import json
import re
from typing import Any

import pytest

from tests.deployment import vulnerabilities
from tests.deployment.report import Report
from tests.deployment.vulnerabilities import FILES, ROOT, Answer, answer_of, check, main

FOUND = {"id": "PYSEC-1", "fix_versions": ["2.0"]}


def printed(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": list(packages)})


def test_known_packages_and_their_vulnerabilities_are_counted() -> None:
    text = printed({"name": "a", "version": "1.0", "vulns": [FOUND]}, {"name": "b", "version": "1.0", "vulns": []})
    assert answer_of(text, "") == Answer(2, 0, ("a 1.0: PYSEC-1, fixed in 2.0",), "")


def test_packages_that_were_all_skipped_are_no_answer() -> None:
    text = printed({"name": "a", "skip_reason": "Dependency not found on PyPI"})
    assert answer_of(text, "No known vulnerabilities found").why == "it knows none of the packages"


def test_a_failure_is_no_answer_and_says_why() -> None:
    assert answer_of("", "Traceback\nConnectionError: no name").why == "ConnectionError: no name"


@pytest.mark.parametrize(
    ("answers", "failed", "missing", "left"),
    [
        ({"osv": Answer(3, 0, (), "")}, 0, [], ["osv", "pypi"]),
        ({"osv": Answer(3, 0, ("a 1.0: X",), "")}, 1, [], ["osv", "pypi"]),
        ({"osv": Answer(0, 0, (), "no name"), "pypi": Answer(3, 0, (), "")}, 0, [], ["pypi"]),
        (
            {"osv": Answer(0, 0, (), "no name"), "pypi": Answer(0, 3, (), "it knows none of the packages")},
            0,
            ["requirements.txt: osv: no name; pypi: it knows none of the packages"],
            [],
        ),
    ],
    ids=["clean", "vulnerable", "second", "none"],
)
def test_databases_are_asked_until_one_answers(
    monkeypatch: pytest.MonkeyPatch, answers: dict[str, Answer], failed: int, missing: list[str], left: list[str]
) -> None:
    monkeypatch.setattr(vulnerabilities, "ask", lambda database, file: answers[database])
    report, reached = Report(), ["osv", "pypi"]
    check(report, "requirements.txt", reached)
    assert (report.failed, report.missing, reached) == (failed, missing, left)


def test_every_file_that_an_image_installs_is_checked() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "docker").glob("*.Dockerfile")]
    installed = {name for text in texts for name in re.findall(r"^COPY (\S*requirements\S*\.txt) ", text, re.M)}
    assert "requirements_airflow.txt" in installed
    assert installed <= set(FILES)


@pytest.mark.parametrize(("arguments", "code"), [([], 1), (["--report-only"], 0)])
def test_a_finding_fails_unless_only_a_report_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    monkeypatch.setattr(vulnerabilities, "ask", lambda *_: Answer(1, 0, ("a 1.0: PYSEC-1",), ""))
    assert main(arguments) == code
    assert "a 1.0: PYSEC-1" in capsys.readouterr().out


def test_ci_reports_findings_and_does_not_fail() -> None:
    """A finding that is published today must not fail the commit of yesterday."""
    assert '"vulnerabilities ARGS=--report-only"' in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
