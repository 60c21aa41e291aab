"""Text that people read, with file and line: documentation, comments, docstrings, and the strings of the code."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
Line = tuple[str, int, str]  # file, line, text
ROOT = Path(__file__).parents[1]
PLAIN = {".yml", ".yaml", ".toml", ".sh", ".conf", ".js", ".html", ".jinja", ".Dockerfile"}
NAMED = {"Makefile", ".env.example"}
PORTUGUESE = ("README.pt-BR.md", "words.toml", "regions.toml")


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.splitlines() if not name.endswith(PORTUGUESE)]


def markdown_lines(name: str, text: str) -> Iterator[Line]:
    """Prose of a page: neither blocks of code, nor inline code, nor the targets of links.

    >>> list(markdown_lines("a.md", "Call `anew` [now](anew.md)."))
    [('a.md', 1, 'Call  [now].')]
    """
    text = re.sub(r"^```.*?^```", lambda block: "\n" * block[0].count("\n"), text, flags=re.M | re.S)
    for number, line in enumerate(text.splitlines(), 1):
        yield name, number, re.sub(r"`[^`]*`|(?<=\])\([^)]*\)", "", line)


def python_lines(name: str, text: str, *, strings: bool = True) -> Iterator[Line]:
    """Comments and docstrings of a module, and with `strings` the other strings."""
    documented = [node for node in ast.walk(ast.parse(text)) if isinstance(node, DOCUMENTED)]
    docstrings = {node.body[0].lineno for node in documented if ast.get_docstring(node)}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        comment, string = token.type == tokenize.COMMENT, token.type == tokenize.STRING
        if comment or (string and (strings or token.start[0] in docstrings)):
            for offset, line in enumerate(token.string.splitlines()):
                yield name, token.start[0] + offset, re.sub(r"`[^`]*`|\{[^{}]*\}", "", line)


def _lines_of(name: str) -> Iterator[Line]:
    path = ROOT / name
    if path.suffix not in {".md", ".py", *PLAIN} and path.name not in NAMED:
        return
    text = path.read_text(encoding="utf-8")
    if name == "CHANGELOG.md":
        text = re.split(r"^## \[\d", text, maxsplit=1, flags=re.M)[0]  # what was released stays as it was
    if path.suffix == ".md":
        yield from markdown_lines(name, text)
    elif path.suffix == ".py":
        yield from python_lines(name, text, strings=not name.startswith("tests/"))
    else:
        yield from ((name, number, line) for number, line in enumerate(text.splitlines(), 1))


def all_lines() -> list[Line]:
    """Every line of text in the repository that the word list applies to."""
    return [line for name in _tracked() for line in _lines_of(name)]
