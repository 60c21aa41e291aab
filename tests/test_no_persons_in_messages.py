"""No error and no log line names a person: checks the values in messages in the code itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from script_shared import errors

ROOT = Path(__file__).parents[1]
ERRORS = {name for name in vars(errors) if name.endswith("Error")} | {"HTTPException", "ValueError", "problem"}
LOGS = {"debug", "info", "warning", "error", "exception", "critical"}
PERSONS = {"user", "user_id", "reader", "reader_id", "session", "session_id", "visit", "student", "student_id", "ra"}
PERSONS |= {"candidate", "candidate_id", "person", "RAW_USER", "USER_ID", "CLICK_USER", "SITE_USER", "SESSION"}
COUNTS = {"len", "n_unique", "count", "sum", "type", "_noun"}  # a count of persons is no person


def messages(tree: ast.AST) -> Iterator[ast.AST]:
    """The values in errors and log lines."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        of = (
            call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) else ""
        )
        if name in LOGS and of in ("log", "logger"):
            yield from call.args[1:]
        if name in ERRORS or (name in LOGS and of in ("log", "logger")):
            for part in ast.walk(call):
                if isinstance(part, ast.FormattedValue):
                    yield part.value


def named(value: ast.AST) -> set[str]:
    """The names of persons in a value, except those that are only counted."""
    if isinstance(value, ast.Call):
        called = value.func.id if isinstance(value.func, ast.Name) else getattr(value.func, "attr", "")
        if called in COUNTS:
            return set()
    found = {getattr(value, "id", ""), getattr(value, "attr", "")} & PERSONS
    for part in ast.iter_child_nodes(value):
        found |= named(part)
    return found


@pytest.mark.parametrize("package", ["app", "pipelines", "script_shared"])
def test_no_message_holds_the_id_of_a_person(package: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{value.lineno}: {', '.join(sorted(names))}"  # type: ignore[attr-defined]
        for path in sorted((ROOT / package).rglob("*.py"))
        for value in messages(ast.parse(path.read_text(encoding="utf-8")))
        if (names := named(value))
    ]
    assert found == []


def test_an_id_in_a_message_is_found() -> None:
    text = 'raise InputError(f"{file}: user {row[c.RAW_USER]} of {len(user)}")\nlog.warning("no %s", user_id)'
    assert [named(value) for value in messages(ast.parse(text)) if named(value)] == [{"RAW_USER"}, {"user_id"}]
