"""Known vulnerabilities of the packages that are pinned: ``python -m tests.deployment.vulnerabilities``.

pip-audit asks one database after the other; a package that a database does not know, or a database that does not
answer, counts as not checked, never as free of vulnerabilities. It runs in a virtual environment of its own
(``make vulnerabilities``).
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.deployment.report import CheckError, Report

ROOT = Path(__file__).parents[2]
FILES = (
    *("requirements.txt", "requirements_airflow.txt", "requirements_encoders.txt", "requirements_traces.txt"),
    *("requirements_spark.txt", "docker/kubernetes/requirements.txt"),
)
DATABASES = ("osv", "pypi")
SECONDS = 600.0


class Answer(NamedTuple):
    """The answer of a database about the packages of one file.

    Attributes:
        known: packages that it has.
        skipped: packages that it does not have.
        problems: a line for each vulnerability.
        why: why there is no answer, else "".
    """

    known: int
    skipped: int
    problems: tuple[str, ...]
    why: str


def answer_of(text: str, error: str) -> Answer:
    """What pip-audit printed.

    Args:
        text: its JSON; other text if it failed.
        error: what it wrote to stderr.
    """
    try:
        packages: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        lines = error.strip().splitlines() or ["it said nothing"]
        return Answer(0, 0, (), lines[-1][:160])
    known = [each for each in packages if "skip_reason" not in each]
    problems = tuple(
        f"{each['name']} {each['version']}: {found['id']}, fixed in {', '.join(found['fix_versions']) or 'no version'}"
        for each in known
        for found in each["vulns"]
    )
    return Answer(len(known), len(packages) - len(known), problems, "" if known else "it knows none of the packages")


def ask(database: str, file: str) -> Answer:
    """Ask one database about the packages of one file.

    Args:
        database: as pip-audit calls it.
        file: a requirements file with hashes.
    """
    program = str(Path(sys.executable).with_name("pip-audit"))
    command = [program, "--requirement", file, "--disable-pip", "--require-hashes", "--vulnerability-service", database]
    flags = ["--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    try:
        done = subprocess.run(
            [*command, *flags], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Answer(0, 0, (), f"no answer within {SECONDS:g} s")
    return answer_of(done.stdout, done.stderr)


def check(report: Report, file: str, reached: list[str]) -> None:
    """Ask the databases about one file until one answers.

    Args:
        report: gets the result.
        file: a requirements file.
        reached: the databases to ask; one without an answer is removed, so that no later file waits for it.
    """
    reasons = []
    for database in list(reached):
        found = ask(database, file)
        if found.why:
            reached.remove(database)
            reasons.append(f"{database}: {found.why}")
            continue
        with report.check(f"{file} ({database})") as said:
            if found.problems:
                raise CheckError("; ".join(found.problems))
            said.append(f"{found.known} packages without a known vulnerability")
        if found.skipped:
            report.not_run(f"{found.skipped} packages of {file}", f"{database} does not have them")
        return
    report.not_run(file, "; ".join(reasons) or "no database answered")


def main(arguments: Sequence[str]) -> int:
    """Check every file; 1 if a vulnerability is known, else 0, also if no database answered.

    Args:
        arguments: of the command; with ``--report-only`` a known vulnerability is printed and gives 0, too.
    """
    parser = argparse.ArgumentParser(prog="make vulnerabilities", description="Known vulnerabilities of the packages.")
    parser.add_argument("--report-only", action="store_true", help="print known vulnerabilities, and do not fail")
    report_only: bool = parser.parse_args(arguments).report_only
    report, reached = Report(), list(DATABASES)
    for file in FILES:
        check(report, file, reached)
    report.not_run("Debian's packages of the images", "scan the images that you built, for example with trivy or grype")
    code = report.close()
    if code and report_only:
        print("Known vulnerabilities do not fail this run (--report-only).")
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
