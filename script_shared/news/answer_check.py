"""Whether an answer of a release is one that may be served."""

from collections.abc import Sequence

from script_shared.arrays import Bools
from script_shared.errors import ReleaseError


def check_rows(rows: Sequence[int], allowed: Bools, n: int, what: str) -> None:
    """Look at the article rows of one answer.

    Args:
        rows: of the articles, in order.
        allowed: bool (articles), those that may be in it.
        n: items asked for.
        what: names the release and the user.

    Raises:
        ReleaseError: the answer is empty, shorter than it could be, repeats itself, or holds what is not allowed.
    """
    right = all(0 <= row < len(allowed) and allowed[row] for row in rows)
    if len(rows) < min(n, int(allowed.sum())) or len(set(rows)) < len(rows) or not right:
        raise ReleaseError(
            f"{what}: the answers of rows {rows} are wrong.", fix="Train again; the release in service stays."
        )
    if not rows:
        raise ReleaseError(
            f"{what}: no article is published yet on the release's clock.",
            fix="Check the articles' publication times and the clock mode.",
        )
