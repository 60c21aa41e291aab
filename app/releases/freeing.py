"""Frees a release that has left service, piece by piece: all at once would block the interpreter for 40 ms."""

import gc
import sys
from array import array
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

LARGE_ITEMS, LARGE_BYTES = 2_000, 1 << 20
MOST_OBJECTS = 50_000  # that are visited; a release has a few thousand, because large containers are not entered
OF_THE_PROGRAM = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)


def free_in_pieces(holder: list[Any], wait: Callable[[], None]) -> None:
    """Free an object and what only it references, with pauses. Call it in a thread, not in the event loop.

    Parts that a request still uses are not freed.

    Args:
        holder: a list with the object; it is emptied, so that the caller holds no reference.
        wait: called after each piece, so that other threads can run.
    """
    pieces = large_pieces(holder)
    holder.clear()
    while pieces:
        piece = pieces.pop()
        if sys.getrefcount(piece) == 2:  # this variable and the argument: nothing else uses it
            _empty(piece, wait)
        del piece
        wait()


def large_pieces(root: Any) -> list[Any]:
    """Arrays and containers below an object that take long to free; their contents are not searched.

    Args:
        root: the object.
    """
    seen, stack, pieces = {id(root)}, [root], list[Any]()
    while stack and len(seen) < MOST_OBJECTS:
        for each in gc.get_referents(stack.pop()):
            if id(each) in seen or isinstance(each, OF_THE_PROGRAM):
                continue
            if _is_large(each):
                seen.add(id(each))
                pieces.append(each)
            elif gc.is_tracked(each):  # numbers and strings contain nothing
                seen.add(id(each))
                stack.append(each)
    return pieces


def _is_large(each: Any) -> bool:
    if isinstance(each, np.ndarray):
        return each.nbytes >= LARGE_BYTES
    if isinstance(each, array):
        return each.itemsize * len(each) >= LARGE_BYTES
    return isinstance(each, dict | list | set) and len(each) >= LARGE_ITEMS


def _empty(piece: Any, wait: Callable[[], None]) -> None:
    """Remove the entries of a container, some at a time."""
    while isinstance(piece, dict | list | set) and piece:
        for _ in range(min(LARGE_ITEMS, len(piece))):
            piece.popitem() if isinstance(piece, dict) else piece.pop()
        wait()
