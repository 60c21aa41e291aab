"""A function that another folder uses says what it takes, what it returns, and which errors it raises."""

from pathlib import Path

from tests.cross_room import cross_room
from tests.house import files


def test_functions_that_other_folders_use_have_args_returns_and_raises() -> None:
    lacking = [
        f"{one.file}:{one.node.lineno} {one.node.name}: {'; '.join(gaps)}"
        for one in cross_room(files())
        if (gaps := one.gaps())
    ]
    assert not lacking, "\n".join(lacking)


PLACES = {
    Path("app/a/__init__.py"): "from app.a.one import handed_on\n",
    Path("app/a/one.py"): '''
def handed_on(x: int) -> float:
    """Twice.

    Args:
        x: a number.
    """
    return 2 * x


def neighbour(x: int) -> int:
    """Only a module of this folder uses it."""
    return x


def registered(*names: str) -> None:
    """Nothing of it is described."""
    if not names:
        raise RunError("no names")


def without_parameters() -> int:
    return 1
''',
    Path("app/a/two.py"): "from app.a.one import neighbour\n",
    Path("app/b/three.py"): (
        'from app import a\nfrom app.a import one\n\nENTRY = "app.a.one:registered"\nprint(one.without_parameters)\n'
        "from app.a import handed_on\n"
    ),
}


def test_a_function_counts_when_another_folder_imports_or_names_it() -> None:
    found = cross_room(PLACES)
    assert [one.node.name for one in found] == ["handed_on", "registered"]
    assert [one.gaps() for one in found] == [["Returns: float"], ["Args: names", "Raises: RunError"]]
