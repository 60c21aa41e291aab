"""`make verify-stack` knows its steps, fills in every dashboard's variables, and writes its tables."""

import json
from pathlib import Path

import pytest

from tests.stack import __main__ as verify
from tests.stack.report import markdown
from tests.stack.serving import expressions

ROOT = Path(__file__).parents[2]
BOARDS = sorted((ROOT / "grafana" / "dashboards").glob("*.json"))
GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", BOARDS, ids=lambda file: file.stem)
def test_no_variable_is_left_in_a_panels_query(file: Path):
    found = expressions(json.loads(file.read_text(encoding="utf-8")))
    assert found
    assert [expression for _, expression in found if "$" in expression] == []


def test_steps_are_chosen_by_name_and_run_in_their_order(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.argv", ["stack", "--only", "down,kill"])
    assert verify._chosen(verify._flags()) == ["kill", "down"]
    monkeypatch.setattr("sys.argv", ["stack", "--from", "backup"])
    assert verify._chosen(verify._flags()) == ["backup", "down"]


def test_the_tables_tell_every_step_and_every_service():
    steps = [{"step": "kill", "seconds": 12.3, "result": "FAILED", "facts": "a|b\nc"}]
    notes = {"image_mb": {"api": 494}, "start_seconds": {"api": 9.0}, "memory": {"api": "80MiB"}}
    text = markdown({"steps": steps, "notes": notes | {"recovery_seconds": {"api": 4.5}}})
    assert "| `kill` | 12 | FAILED: a/b c |" in text
    assert "| `api` | 494 | 9.0 | 80MiB | 4.5 |" in text


def test_the_guide_shows_the_result_of_every_step():
    assert [name for name in verify.STEPS if f"| `{name}` |" not in GUIDE] == []
