"""Public functions that other folders use, and what their docstrings lack.

A function with parameters counts when a module of another folder imports it by name, uses it as ``module.function``, or
names it in a registry as ``module:function``. Methods do not count, because imports do not show who calls them. Routes
do not count either: their docstrings are the descriptions in OpenAPI.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
Name = tuple[str, str]  # module, name in it
# Types that say neither shape nor keys nor unit; lists and numbers of something are what the first sentence names.
UNCLEAR = re.compile(
    r"\b(\w*Array|ndarray|(?:U?Int|Float)\d+s|Bools|\w*_array|\w*_matrix|\w*Frame|Series|tuple|dict|float)\b"
)
# A section, or a first line that begins with dtype and shape.
SHAPED = re.compile(r"^(Returns|Yields):|\A(bool|u?int\d*|float\d*)( \(.*?\))?:", re.M)
_NAMES = re.compile(r"^ +\*{0,2}(\w+(?:, \w+)*):", re.M)
OWN_ERROR = re.compile(r"[A-Z]\w*Error$")


@dataclass(frozen=True)
class CrossRoom:
    """A function that another folder uses."""

    module: str
    folder: str
    file: str
    node: Function

    @property
    def docstring(self) -> str:
        return ast.get_docstring(self.node) or ""

    @property
    def parameters(self) -> list[str]:
        """Names of its parameters, ``*args`` and ``**kwargs`` included."""
        given = self.node.args
        every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        return [each.arg for each in every if each is not None]

    def gaps(self) -> list[str]:
        """What its docstring lacks: parameters in Args, Returns, and Raises."""
        args = _section(self.docstring, "Args")
        described = {name for names in _NAMES.findall(args) for name in names.split(", ")}
        found = [f"Args: {name}" for name in self.parameters if name not in described]
        returned = ast.unparse(self.node.returns) if self.node.returns else "None"
        if UNCLEAR.search(returned) and not SHAPED.search(self.docstring):
            found.append(f"Returns: {returned}")
        if _raises(self.node) and not _section(self.docstring, "Raises"):
            found.append(f"Raises: {', '.join(sorted(_raises(self.node)))}")
        return found


def cross_room(texts: dict[Path, str]) -> list[CrossRoom]:
    """The functions, by file and line.

    Args:
        texts: the text of each module, by its path below the root of the checkout.
    """
    modules = Modules(texts)
    functions = {
        (module, node.name): node
        for module, (_, tree) in modules.trees.items()
        for node in tree.body
        if isinstance(node, Function) and not node.name.startswith("_") and not _is_route(node)
    }
    found = [modules.cross_room(name, functions[name]) for name in modules.used & set(functions)]
    return sorted((one for one in found if one.parameters), key=lambda one: (one.file, one.node.lineno))


def methods(texts: dict[Path, str]) -> list[CrossRoom]:
    """Public methods with a docstring and parameters, of the classes that another folder uses; for figures.

    Args:
        texts: as for ``cross_room``.
    """
    modules = Modules(texts)
    classes = {
        (module, node.name): node
        for module, (_, tree) in modules.trees.items()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    found = [
        modules.cross_room(name, node)
        for name in modules.used & set(classes)
        for node in classes[name].body
        if isinstance(node, Function) and not node.name.startswith("_") and ast.get_docstring(node)
    ]
    return [one for one in found if set(one.parameters) - {"self", "cls"}]


class Modules:
    """All modules, and which of their names other folders use.

    Attributes:
        trees: file and syntax tree by name of the module.
        used: the names.
    """

    def __init__(self, texts: dict[Path, str]) -> None:
        self.trees = {_module(file): (file, ast.parse(text)) for file, text in texts.items()}
        handed_on = {
            (module, each.asname or each.name): (node.module, each.name)
            for module, (file, tree) in self.trees.items()
            if file.name == "__init__.py"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for each in node.names
        }
        self.used: set[Name] = set()
        for file, tree in self.trees.values():
            for name in _names(tree, set(self.trees)) if file.name != "__init__.py" else ():
                module, own = _origin(name, handed_on)
                if module in self.trees and self.trees[module][0].parent != file.parent:
                    self.used.add((module, own))

    def cross_room(self, name: Name, node: Function) -> CrossRoom:
        """A function or method of a module."""
        file = self.trees[name[0]][0]
        return CrossRoom(name[0], str(file.parent), str(file), node)


def _is_route(function: Function) -> bool:
    return any(ast.unparse(each).startswith("router.") for each in function.decorator_list)


def _module(file: Path) -> str:
    parts = file.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _origin(name: Name, handed_on: dict[Name, Name]) -> Name:
    """Where a name that a package hands on is defined."""
    while name in handed_on:
        name = handed_on[name]
    return name


def _names(tree: ast.Module, modules: set[str]) -> Iterator[Name]:
    """The names of other modules that a module uses."""
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                yield node.module, each.name
                if (whole := f"{node.module}.{each.name}") in modules:
                    aliases[each.asname or each.name] = whole
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count(":") == 1:
            module, name = node.value.split(":")
            yield module, name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            yield aliases[node.value.id], node.attr


def _section(docstring: str, name: str) -> str:
    """The lines of a section such as Args."""
    found = re.search(rf"^{name}:\n((?: +.*\n?|\n(?= ))*)", docstring, re.M)
    return found[1] if found else ""


def _raises(function: Function) -> set[str]:
    """The errors that the function itself raises, without inner functions."""
    return {
        node.exc.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
        and OWN_ERROR.search(node.exc.func.id)
    }
