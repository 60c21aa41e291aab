"""Rules for the arrays of a release folder: their types, shapes, and bounds of their values.

A name in a shape is a length that is the same wherever the name is used: ``articles+1`` is one more than it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from script_shared.arrays import IntArray, load_array
from script_shared.errors import ReleaseCorruptError

Lengths = dict[str, int]
Rule = Callable[["Arrays", IntArray], str]  # what is wrong, "" for nothing
FIX = "Train again, or publish the release again."
WHOLE = 1 << 53  # integers beyond this are no numbers of anything


@dataclass(frozen=True)
class ArraySpec:
    """One array.

    Attributes:
        name: path without ``.npy``.
        kinds: letters of numpy's kinds, such as ``iu``.
        shape: lengths by name or number, one for each dimension.
        rules: of the values; floats must be finite whatever they say, but for what may be ``infinite``.
    """

    name: str
    kinds: str
    shape: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    infinite: bool = False


class Arrays:
    """The arrays of a folder, and the lengths found so far."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lengths = folder, Lengths()

    def load(self, name: str) -> IntArray:
        """An array by its path without ``.npy``."""
        place = self.folder / name
        return load_array(place.parent, place.name)

    def length(self, name: str) -> int:
        """A length by its name; ``articles+1`` is one more than that of ``articles``."""
        base, _, more = name.partition("+")
        if base.isdigit():
            return int(base)
        if base not in self.lengths:
            raise ReleaseCorruptError(f"{self.folder}: no file has the number of {base}.", fix=FIX)
        return self.lengths[base] + int(more or 0)

    def check(self, expected: Iterable[ArraySpec]) -> None:
        """Hold all against their rules.

        Raises:
            ReleaseCorruptError: one does not keep them; the message names it.
        """
        for one in expected:
            array = self.load(one.name)
            if problem := self._problem(one, array):
                message = f"{self.folder / one.name}.npy: {problem}."
                raise ReleaseCorruptError(message, fix=FIX)

    def _problem(self, one: ArraySpec, array: IntArray) -> str:
        if array.dtype.kind not in one.kinds:
            return f"it holds {array.dtype}, which is another kind of number"
        if one.infinite:
            array = np.where(np.isposinf(array), 0.0, array)
        if problem := self._shape(one, array) or _numbers(array):
            return problem
        return next((problem for rule in one.rules if (problem := rule(self, array))), "")

    def _shape(self, one: ArraySpec, array: IntArray) -> str:
        if array.ndim != len(one.shape):
            return f"it has {array.ndim} dimensions, not {len(one.shape)}"
        for name, size in zip(one.shape, array.shape, strict=True):
            base, _, more = name.partition("+")
            known = int(base) if base.isdigit() else self.lengths.setdefault(base, size - int(more or 0))
            if size != known + int(more or 0):
                return f"its length is {size}, not {known + int(more or 0)}"
        return ""


def _numbers(array: IntArray) -> str:
    """Problems with the numbers of an array, independent of their meaning."""
    if not array.size:
        return ""
    if array.dtype.kind == "f":
        return "" if np.isfinite(array).all() else "it holds what is no number"
    if array.dtype.kind == "b":
        return "" if int(array.view(np.uint8).max()) <= 1 else "it holds what is neither true nor false"
    return ""


def between(low: float, high: float) -> Rule:
    """Values lie from ``low`` to ``high``."""

    def rule(arrays: Arrays, array: IntArray) -> str:
        if not array.size:
            return ""
        least, most = array.min().item(), array.max().item()
        inside = low <= least and most <= high
        return "" if inside else f"values from {least:g} to {most:g} do not lie between {low:g} and {high:g}"

    return rule


def index(into: str, *, or_none: bool = False) -> Rule:
    """Values are places in what has the length ``into``, -1 for none where that is allowed."""

    def rule(arrays: Arrays, array: IntArray) -> str:
        return between(-1 if or_none else 0, arrays.length(into) - 1)(arrays, array)

    return rule


def offsets(into: str) -> Rule:
    """Values begin at 0, never fall, and end at the length ``into``."""

    def rule(arrays: Arrays, array: IntArray) -> str:
        whole = len(array) and int(array[0]) == 0 and int(array[-1]) == arrays.length(into)
        return "" if whole and (np.diff(array) >= 0).all() else "its offsets do not fit what they divide"

    return rule


def adding_up(to: str) -> Rule:
    """The values add up to the length ``to``."""

    def rule(arrays: Arrays, array: IntArray) -> str:
        return "" if int(array.sum()) == arrays.length(to) else "its lengths do not fit what they divide"

    return rule


def free_in(name: str) -> Rule:
    """At the places that the values name, the array ``name`` says that there is nothing: -1."""

    def rule(arrays: Arrays, array: IntArray) -> str:
        return "" if (arrays.load(name)[array] == -1).all() else "it gives away a place that is in use"

    return rule


def ascending(arrays: Arrays, array: IntArray) -> str:
    """Values never fall."""
    return "" if (array[1:] >= array[:-1]).all() else "its values are not in order"


def rising(arrays: Arrays, array: IntArray) -> str:
    """Every value is greater than the one before."""
    return "" if (array[1:] > array[:-1]).all() else "its values do not rise"


def each_once(arrays: Arrays, array: IntArray) -> str:
    """No value occurs twice; sorts, because ``np.unique`` hashes and takes 80 times as long."""
    return "it holds a value twice" if rising(arrays, np.sort(array, axis=None)) else ""


def text(name: str) -> Rule:
    """The bytes are UTF-8 without NUL, and no character is cut by the offsets of ``name``."""

    def rule(arrays: Arrays, array: IntArray) -> str:
        if (array == 0).any():
            return "it is no text"
        try:
            array.tobytes().decode()
        except UnicodeDecodeError:
            return "it is no text"
        starts = arrays.load(f"{name}.offsets")[:-1]
        starts = starts[(starts >= 0) & (starts < len(array))]
        return "it does not fit its offsets" if ((array[starts] & 0xC0) == 0x80).any() else ""

    return rule


def strings(name: str, length: str) -> tuple[ArraySpec, ...]:
    """A block of texts with its offsets."""
    return (
        ArraySpec(f"{name}.block", "u", (f"bytes of {name}",), (text(name),)),
        ArraySpec(f"{name}.offsets", "iu", (f"{length}+1",), (offsets(f"bytes of {name}"),)),
    )


def ids(name: str, length: str) -> tuple[ArraySpec, ...]:
    """Ids with the index by which they are found."""
    return (
        *strings(name, length),
        ArraySpec(f"{name}.hashes", "u", (length,), (ascending,)),
        ArraySpec(f"{name}.rows", "iu", (length,), (index(length), each_once)),
    )


def others(folder: Path, named: Iterable[str]) -> list[ArraySpec]:
    """What no rule names, such as parts that a later version adds: whole numbers of a usable size, finite floats."""
    known, found = set(named), []
    for path in sorted(folder.rglob("*.npy")):
        name = path.relative_to(folder).as_posix().removesuffix(".npy")
        if name not in known:
            array = load_array(path.parent, path.stem)
            dimensions = tuple(f"{name} {number}" for number in range(array.ndim))
            rules = (between(-WHOLE, WHOLE),) if array.dtype.kind == "i" else ()
            found.append(ArraySpec(name, "iufb", dimensions, rules))
    return found


def present(folder: Path, expected: Iterable[ArraySpec]) -> list[ArraySpec]:
    """Those whose file is there; what may not be missing is said by what loads it."""
    return [one for one in expected if (folder / f"{one.name}.npy").exists()]
