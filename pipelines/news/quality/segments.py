"""Users in the data card: segments, and how much each user read."""

from itertools import pairwise
from typing import Any

import numpy as np

from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from pipelines.report import COLOURS, Chart, draw
from script_shared.news.membership import segment_codes
from script_shared.news.segments import SEGMENT_NAMES

PORTION_COLUMNS = ("segment", "users", "% of users", "interactions", "% of interactions", "reads per user")


def segment_portions(data: Dataset) -> list[list[Any]]:
    """One row per segment, columns as ``PORTION_COLUMNS``."""
    reads = data.users[c.READS].to_numpy()
    codes = segment_codes(data.logged, reads)
    users = np.bincount(codes, minlength=len(SEGMENT_NAMES))
    total = np.bincount(codes, weights=reads, minlength=len(SEGMENT_NAMES))
    of_users, of_reads = 100 * users / max(users.sum(), 1), 100 * total / max(total.sum(), 1)
    columns = (users.tolist(), of_users.tolist(), total.astype(int).tolist(), of_reads.tolist())
    rows = zip(SEGMENT_NAMES, *columns, strict=True)
    return [[*row, row[3] / row[1] if row[1] else None] for row in rows]


def shares_chart(data: Dataset) -> Chart:
    """How users and interactions fall into segments."""
    rows = segment_portions(data)

    def paint(axes: Any) -> None:
        for place, column in enumerate((4, 2)):
            left = 0.0
            for code, row in enumerate(rows):
                axes.barh(place, row[column], left=left, color=COLOURS[code], label=row[0] if not place else None)
                if row[column] > 4:
                    middle = left + row[column] / 2
                    axes.text(middle, place, f"{row[column]:.1f} %", ha="center", va="center", color="white")
                left += row[column]
        axes.set_yticks([0, 1], ["interactions", "users"])
        axes.set_xlim(0, 100)
        axes.xaxis.set_major_formatter("{x:.0f} %")
        axes.grid(visible=False)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(rows))

    return draw(paint, height=1.7)


def histories_chart(data: Dataset) -> Chart:
    """How many users have how many kept reads."""
    reads = data.users[c.READS].to_numpy()
    edges = np.array([*range(12), 16, 21, 31, 51, 101, 201, 401, 801])
    edges = np.append(edges[edges <= reads.max()], reads.max() + 1)
    counts, _ = np.histogram(reads, edges)

    def paint(axes: Any) -> None:
        axes.bar(range(len(counts)), counts, width=0.9, color=COLOURS[0])
        axes.set_yscale("log")
        names = [str(low) if high - low <= 1 else f"{low}+" for low, high in pairwise(edges)]
        axes.set_xticks(range(len(counts)), names)
        axes.set_title("Users by number of kept reads")
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.grid(visible=False, axis="x")

    return draw(paint, "Logarithmic scale; a label with + begins a range.", height=2.3)
