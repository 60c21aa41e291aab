"""No text that people read uses a phrase of the word list in docs/development.md."""

import re
from pathlib import Path

from tests.plain_english import ROOT, Line, all_lines, markdown_lines, python_lines

PAGE = ROOT / "docs" / "development.md"
SECTION = re.compile(r"^## Plain English\n.*?(?=^## )", re.M | re.S)
ITSELF = {f"tests/{Path(__file__).name}", "tests/plain_english.py"}


def phrases() -> list[str]:
    """The phrases of the list's first column.

    >>> "anew" in phrases()
    True
    """
    section = SECTION.search(PAGE.read_text(encoding="utf-8"))
    assert section, f"{PAGE.name} has no section with the word list"
    cells = re.findall(r"^\| (`[^|]*) \|", section[0], re.M)
    return [phrase for cell in cells for phrase in re.findall(r"`([^`]+)`", cell)]


def findings(lines: list[Line]) -> list[str]:
    """One line per phrase found, as ``file:line: phrase``."""
    pattern = re.compile(rf"(?<![\w-])({'|'.join(phrases())})(?![\w-])", re.I)
    return [f"{name}:{number}: {found[0]}" for name, number, text in lines for found in pattern.finditer(text)]


def test_no_text_uses_a_phrase_of_the_word_list():
    found = findings([line for line in all_lines() if line[0] not in ITSELF])
    assert not found, "docs/development.md (Plain English) says what to write instead:\n" + "\n".join(found)


def test_phrases_are_found_in_prose_and_nowhere_else():
    page = "It is built anew.\n\n```\nanew\n```\nCall `anew`."
    assert findings(list(markdown_lines("a.md", page))) == ["a.md:1: anew"]
    code = '''"""Made anew."""\nanew = 1  # whoever reads\nraise ValueError("the log is away")\n'''
    expected = ["a.py:1: anew", "a.py:2: whoever", "a.py:3: is away"]
    assert findings(list(python_lines("a.py", code))) == expected
    assert findings(list(python_lines("a.py", code, strings=False))) == expected[:2]
