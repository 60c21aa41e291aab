"""Every place in the functions of a module where one small change makes another program."""

import ast
from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from typing import Any, NamedTuple

SWAPS: dict[type[ast.AST], type[Any]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Continue: ast.Break,
    ast.Break: ast.Continue,
}
SKIPPED = {"annotation", "returns", "decorator_list", "exc", "slice"}  # fields: types, decorators, messages, columns
NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assert)
LOGS = ("log.", "logger.")


class Mutant(NamedTuple):
    """One change.

    Attributes:
        first, last: lines of its statement.
        statement: the first line of it.
        what: the code before and after.
        text: the whole module with the change.
    """

    first: int
    last: int
    statement: str
    what: str
    text: str


def mutants(source: str) -> Iterator[Mutant]:
    """All mutants of a module, function by function.

    >>> [mutant.what for mutant in mutants("def f(a):\\n    return a < 2")]
    ['a < 2 -> a <= 2', '2 -> 3']
    """
    tree = ast.parse(source)
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]:
        for place, statement in enumerate(function.body):
            yield from _below(tree, statement, "body", partial(function.body.__setitem__, place), (0, 0, ""))


def _below(
    tree: ast.Module, node: ast.AST, field: str, put: Callable[[Any], None], place: tuple[int, int, str]
) -> Iterator[Mutant]:
    """Mutants of a node, which is put in its place by ``put``, and of all nodes inside it."""
    before = ast.unparse(node)
    if isinstance(node, NESTED) or before.startswith(LOGS):
        return
    if isinstance(node, ast.stmt):
        body = getattr(node, "body", None)
        last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno
        place = node.lineno, last, before.partition("\n")[0]
    for changed in _changes(node, field):
        put(changed)
        yield Mutant(*place, f"{before} -> {ast.unparse(changed)}", ast.unparse(tree))
        put(node)
    for name, value in ast.iter_fields(node):
        if isinstance(value, list) and name not in SKIPPED:
            for index, child in enumerate(value):
                if isinstance(child, ast.AST):
                    yield from _below(tree, child, name, partial(value.__setitem__, index), place)
        elif isinstance(value, ast.AST) and name not in SKIPPED:
            yield from _below(tree, value, name, partial(setattr, node, name), place)


def _changes(node: ast.AST, field: str) -> Iterator[ast.AST]:
    """What a node becomes, one after the other."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign() | ast.Raise():
            yield ast.Pass()
        case ast.Compare(ops=operators):
            for place, operator in enumerate(operators):
                yield _with(node, ops=[*operators[:place], SWAPS[type(operator)](), *operators[place + 1 :]])
        case ast.BoolOp(op=operator) | ast.BinOp(op=operator) if type(operator) in SWAPS:
            yield _with(node, op=SWAPS[type(operator)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Continue() | ast.Break():
            yield SWAPS[type(node)]()
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Name() | ast.Attribute() | ast.Call() if field == "test":
            yield ast.UnaryOp(ast.Not(), node)


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    changed = copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
