"""`make verify-kubernetes` sends the chart to an API server if one is named, and otherwise says that it did not."""

from pathlib import Path

import pytest

from tests.deployment import control_plane
from tests.deployment.control_plane import VARIABLE, dry_run
from tests.deployment.report import Report

KUBECTL = """#!/bin/sh
echo "$*" >>"$SEEN"
case "$*" in
*" version "*) echo '{"serverVersion": {"gitVersion": "v1.37.2"}}' ;;
*" get namespaces "*) echo namespace/default ;;
*broken.yaml*) echo "error validating: unknown field" >&2; exit 1 ;;
*" apply "*) printf 'service/a applied (server dry run)\\nservice/b applied (server dry run)\\n' ;;
esac
"""


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file with the calls of a kubectl that answers like the real one."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "kubectl").write_text(KUBECTL)
    (tmp_path / "bin" / "kubectl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    monkeypatch.setenv(VARIABLE, "/etc/cluster.yaml")
    return tmp_path / "seen"


def test_every_environment_is_sent_as_a_dry_run_and_the_version_is_shown(
    seen: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report()
    dry_run(report, {"dev": Path("dev.yaml"), "prod": Path("prod.yaml")})
    assert (report.passed, report.failed) == (3, 0)
    said = capsys.readouterr().out
    assert "v1.37.2" in said
    assert said.count("2 objects admitted") == 2
    calls = seen.read_text()
    assert "create namespace news" in calls
    assert "label namespace news pod-security.kubernetes.io/enforce=restricted" in calls
    made = [line.split()[-1] for line in calls.splitlines() if "create serviceaccount" in line]
    assert made == ["news", "news-tasks"]  # an API server refuses pods of an unknown account
    applied = [line for line in calls.splitlines() if " apply " in line]
    assert all("--kubeconfig /etc/cluster.yaml" in line and "--dry-run=server" in line for line in applied)


def test_a_refusal_of_the_server_fails_the_check(seen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    dry_run(report, {"dev": Path("broken.yaml")})
    assert report.failed == 1
    assert "unknown field" in capsys.readouterr().out


def test_without_a_cluster_or_kubectl_it_is_said_that_nothing_was_sent(
    seen: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = Report()
    monkeypatch.setattr(control_plane.shutil, "which", lambda name: None)
    dry_run(report, {"dev": Path("dev.yaml")})
    monkeypatch.delenv(VARIABLE)
    dry_run(report, {"dev": Path("dev.yaml")})
    assert not seen.exists()
    assert [line.partition(": ")[2][:30] for line in report.missing] == [
        "kubectl is not installed: apt-",
        "VERIFY_KUBECONFIG names no kub",
    ]
