"""Functions, methods and classes have names of verbs and nouns; none is a bare participle."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.plain_english import ROOT

ROOTS = ("app", "pipelines", "script_shared")
REGULAR = re.compile(r"[a-z]{2,}(?:ed|en)")
IRREGULAR = re.compile(
    "bought|brought|built|caught|done|due|found|gone|held|hid|kept|known|laid|learnt|led|left|lent|lost|made|meant|met|owed|"
    "paid|said|seen|sent|shown|sold|sought|spent|stood|sworn|told|understood|withdrawn|won|worn"
)
NO_PARTICIPLES = {
    "between",
    "embed",
    "even",
    "exceed",
    "feed",
    "need",
    "open",
    "popen",
    "proceed",
    "seed",
    "speed",
    "token",
    "widen",
}
ALLOWED = {
    "logged": "the segment of readers with a login, as in `ReaderTable.logged` and in the params",
}


def is_participle(name: str) -> bool:
    """Whether a whole name is one participle; marks of privacy and capitals do not matter.

    >>> [is_participle(name) for name in ("_shown", "Merged", "merge", "checked_rows", "read_seed", "MadeToken")]
    [True, True, False, False, False, False]
    """
    word = name.strip("_")
    if "_" in word or not (word.islower() or word[1:].islower()):
        return False
    word = word.lower()
    return word not in NO_PARTICIPLES and any(form.fullmatch(word) for form in (REGULAR, IRREGULAR))


def findings(name: str, code: str) -> Iterator[str]:
    """One line per function, method or class that is named by a participle, as ``file:line: name``."""
    for node in ast.walk(ast.parse(code)):
        named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if named and is_participle(node.name) and node.name not in ALLOWED:
            yield f"{name}:{node.lineno}: {node.name}"


def test_no_function_and_no_class_is_named_by_a_participle():
    files = [path for root in ROOTS for path in sorted((ROOT / root).rglob("*.py"))]
    found = [line for path in files for line in findings(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))]
    assert not found, f"docs/development.md (Names) says how to name these ({Path(__file__).name}):\n" + "\n".join(
        found
    )


def test_participles_are_found_at_every_place():
    code = (
        "def _shown(): ...\nclass Seen:\n    async def asked(self): ...\n    def ask(self):\n        def told(): ...\n"
    )
    assert sorted(findings("a.py", code)) == ["a.py:1: _shown", "a.py:2: Seen", "a.py:3: asked", "a.py:5: told"]
    assert not list(findings("a.py", "def embed(): ...\ndef logged(): ...\nshown = 1\ndef shown_rows(): ...\n"))
