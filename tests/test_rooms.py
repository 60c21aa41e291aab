"""No folder, file or function of the code is too large, and no two folders import each other."""

import ast
from collections import Counter
from itertools import combinations
from pathlib import Path

import grimp

from tests.house import LONG_FILE, LONG_FUNCTION, PACKAGES, Function, files, length

ROOT = Path(__file__).parents[1]
MOST = 15


def test_no_folder_holds_more_than_fifteen_modules_side_by_side() -> None:
    modules = Counter(str(file.parent) for file in files() if file.name != "__init__.py")
    full = {folder: count for folder, count in modules.items() if count > MOST}
    assert not full, f"docs/development.md (Where is what) shows how folders are divided: {full}"


def test_no_file_has_more_than_250_lines() -> None:
    found = [file for folder in (*PACKAGES, "tests", "grafana", "docker", "clients") for file in _python(folder)]
    lines = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8").count("\n") for file in found}
    long = {name: count for name, count in lines.items() if count > LONG_FILE}
    assert not long, f"divide these files by what changes for different reasons: {long}"


def test_no_function_has_more_than_40_lines_besides_its_docstring() -> None:
    long = [
        f"{file}:{node.lineno} {node.name} has {length(node)} lines"
        for file, text in files().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, Function) and length(node) > LONG_FUNCTION
    ]
    assert not long, "\n".join(long)


def test_no_two_folders_below_the_packages_import_each_other() -> None:
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    pairs = {
        (_folder(module), _folder(other))
        for module in graph.modules
        for other in graph.find_modules_directly_imported_by(module)
    }
    folders = sorted({folder for pair in pairs for folder in pair})
    both = [(one, two) for one, two in combinations(folders, 2) if {(one, two), (two, one)} <= pairs]
    assert not both, f"move the code that both need to the lower of the two: {both}"


def _folder(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _python(folder: str) -> list[Path]:
    return [file for file in (ROOT / folder).rglob("*.py") if "__pycache__" not in file.parts]
