"""``python -m tests.house``: sizes and habits of the code, as a table; docs/development.md compares them over time."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import grimp
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tests.cross_room import cross_room, methods

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "pipelines", "script_shared")
LONG_FUNCTION, LONG_FILE, MANY_ARGUMENTS = 40, 250, 6
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> dict[Path, str]:
    """The text of each module with code."""
    found = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return {file.relative_to(ROOT): text for file in found if (text := file.read_text(encoding="utf-8")).strip()}


def functions(texts: dict[Path, str]) -> list[Function]:
    """All functions and methods, also inner ones."""
    nodes = (node for text in texts.values() for node in ast.walk(ast.parse(text)))
    return [node for node in nodes if isinstance(node, Function)]


def length(function: Function) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    whole = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return whole
    docstring = function.body[0]
    return whole - ((docstring.end_lineno or 0) - docstring.lineno + 1)


def public(texts: dict[Path, str]) -> Iterator[Function | ast.ClassDef]:
    """Functions, methods and classes whose names do not begin with an underscore."""
    for text in texts.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
                yield node


def documentable(names: list[Function | ast.ClassDef]) -> list[Function]:
    """The public functions with a docstring and parameters other than ``self`` and ``cls``."""
    found = [one for one in names if isinstance(one, Function) and ast.get_docstring(one)]
    return [
        one for one in found if {each.arg for each in ast.walk(one.args) if isinstance(each, ast.arg)} - {"self", "cls"}
    ]


def with_args(functions: list[Function]) -> str:
    """How many of the functions have a section Args."""
    count = sum("Args:" in (ast.get_docstring(one) or "") for one in functions)
    return f"{count / len(functions):.0%} of {len(functions):,}"


def circles() -> int:
    """Groups of modules that import each other when they run."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    place = {name: number for number, name in enumerate(sorted(graph.modules))}
    edges = [(place[one], place[other]) for one in place for other in graph.find_modules_directly_imported_by(one)]
    start, end = np.array(edges).T
    shape = (len(place), len(place))
    _, group = connected_components(coo_array((np.ones(len(edges)), (start, end)), shape), connection="strong")
    return int((np.bincount(group) > 1).sum())


def spread(values: list[int]) -> str:
    """Median, the tenth from above, and the largest."""
    return f"{quantiles(values, n=2)[0]:.0f} / {quantiles(values, n=10)[-1]:.0f} / {max(values)}"


def table() -> dict[str, str]:
    """What is measured, and its value."""
    texts = files()
    code, names = functions(texts), list(public(texts))
    lines, lengths = [text.count("\n") for text in texts.values()], [length(one) for one in code]
    folders = Counter(str(file.parent) for file in texts if file.name != "__init__.py")
    arguments = [len(one.args.posonlyargs + one.args.args + one.args.kwonlyargs) for one in code]
    docstrings = [ast.get_docstring(one) or "" for one in names]
    fullest, count = folders.most_common(1)[0]
    return {
        "files / lines": f"{len(lines)} / {sum(lines):,}",
        "lines of a file: median / p90 / most": spread(lines),
        f"files above {LONG_FILE} lines": str(sum(each > LONG_FILE for each in lines)),
        "modules in the fullest folder": f"{count} ({fullest})",
        "import circles": str(circles()),
        "functions": f"{len(code):,}",
        "lines of a function: median / p90 / most": spread(lengths),
        f"functions above {LONG_FUNCTION} lines": str(sum(each > LONG_FUNCTION for each in lengths)),
        f"functions with more than {MANY_ARGUMENTS} parameters": str(sum(n > MANY_ARGUMENTS for n in arguments)),
        "functions with a return type": f"{sum(one.returns is not None for one in code) / len(code):.0%}",
        "public names with a docstring": f"{sum(map(bool, docstrings)) / len(names):.0%}",
        "public functions with parameters and a docstring: share with Args": with_args(documentable(names)),
        "functions that other folders use: share with Args": with_args([one.node for one in cross_room(texts)]),
        "methods with parameters and a docstring, of classes that other folders use: share with Args": with_args(
            [one.node for one in methods(texts)]
        ),
        "docstrings with Args or Attributes": str(sum("Args:" in text or "Attributes:" in text for text in docstrings)),
        "docstrings with Raises": str(sum("Raises:" in text for text in docstrings)),
        "docstrings with an example": str(sum(">>>" in text for text in docstrings)),
    }


if __name__ == "__main__":
    print("| measure | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in table().items()), sep="\n")
