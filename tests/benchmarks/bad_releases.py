"""Makes the release of a finished run bad: its articles get each other's ids, or its ranker the opposite order."""

from pathlib import Path

import numpy as np

from script_shared.arrays import IdIndex, Strings

PARTS = ("holdout", "release")  # what is evaluated, and what is published


def shuffle_ids(ranked: Path, seed: int = 7) -> None:
    """Give the articles of a run's models, catalog and live state each other's ids.

    Args:
        ranked: folder of the run's step ``rank``.
        seed: of the order; both parts get the same one where they have the same articles.
    """
    for part in PARTS:
        catalog, live = ranked / part / "catalog", ranked / part / "live" / "articles"
        ids, known = IdIndex.load(catalog, "ids").ids.tolist(), Strings.load(live, "ids").tolist()
        order = np.random.default_rng(seed).permutation(len(ids))
        named = dict(zip(ids, (ids[place] for place in order.tolist()), strict=True))
        for folder in (catalog, live):
            for file in folder.glob("ids.*"):
                file.unlink()  # it may be a link to a file of another step
        IdIndex.of([named[each] for each in ids]).save(catalog, "ids")
        Strings.of([named.get(each, each) for each in known]).save(live, "ids")


def turn_rankers_round(ranked: Path) -> int:
    """Put the lists of a run's rankers into the opposite order.

    Args:
        ranked: folder of the run's step ``rank``.

    Returns:
        number of rankers.
    """
    found = sorted(ranked.rglob("ranker.txt"))
    for file in found:
        text = turned_round(file.read_text())
        file.unlink()
        file.write_text(text)
    return len(found)


def turned_round(model: str) -> str:
    """A LightGBM model with the opposite of every leaf's value, which puts every list in the opposite order.

    Args:
        model: as LightGBM writes it.

    Returns:
        the same without the sizes of the trees, which no longer hold.
    """
    lines = []
    for line in model.splitlines():
        if line.startswith("leaf_value="):
            values = (repr(-float(value)) for value in line.removeprefix("leaf_value=").split())
            line = "leaf_value=" + " ".join(values)
        if not line.startswith("tree_sizes="):
            lines.append(line)
    return "\n".join(lines) + "\n"
