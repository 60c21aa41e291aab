"""Reads the served lists and clicks of one experiment out of the event log."""

from dataclasses import dataclass, field

from pipelines.experiments.tally import Tally
from pipelines.measures.served_report import WINDOW_MS, with_clicks
from script_shared.events import Entry, EventLog
from script_shared.events.served_list import ServedList
from script_shared.experiments.experiment import Experiment
from script_shared.experiments.interleaving import NOBODY
from script_shared.experiments.mark import Mark

CUTOFF = 10  # places of a list that count for the hit rate


@dataclass
class Tallies:
    """What an experiment has so far.

    Attributes:
        by_variant: the tallies; of an interleaved list or a shadow under the empty name the comparison of both sides.
        first_seen: when each user or visit was first seen in the experiment, and the variant then.
        first_ms, last_ms: times of its first and last list, 0 without one.
    """

    by_variant: dict[str, Tally] = field(default_factory=dict)
    first_seen: dict[str, tuple[int, str]] = field(default_factory=dict)
    first_ms: int = 0
    last_ms: int = 0

    def of(self, variant: str) -> Tally:
        """The tally of a variant."""
        return self.by_variant.setdefault(variant, Tally())


def read_tallies(log: EventLog, experiment: Experiment) -> Tallies:
    """Add up the lists of an experiment that the log still has, and the clicks on them.

    Raises:
        UnavailableError: the log cannot be read.
    """
    found = Tallies()
    found.first_ms, found.last_ms = log.served.marked_between(experiment.name)
    if not found.last_ms:
        return found
    for served, click in with_clicks(log, found.first_ms, found.last_ms + WINDOW_MS + 1):
        mark = next((mark for mark in served.marks if mark.experiment == experiment.name), None) if served else None
        if served is None or mark is None:
            continue
        if click is None:
            _add_answer(found, served, mark, experiment)
        else:
            _add_click(found, served, mark, click, experiment)
    return found


def _unit(served: ServedList) -> str:
    return served.people[0] if served.people else f"answer {served.key.hex()}"


def _add_answer(found: Tallies, served: ServedList, mark: Mark, experiment: Experiment) -> None:
    unit = _unit(served)
    found.first_seen.setdefault(unit, (served.time_ms, mark.variant))
    pages = mark.pages if experiment.way == "shadow" else served.pages
    found.of(mark.variant).count_answer(unit, served.segment, pages, mark.micros, fallback=mark.fallback)


def _add_click(found: Tallies, served: ServedList, mark: Mark, click: Entry, experiment: Experiment) -> None:
    unit, segment, tally = _unit(served), served.segment, found.of(mark.variant)
    place = served.pages.index(click.article_id) if click.article_id in served.pages else -1
    hit = 0 <= place < CUTOFF
    if experiment.way == "shadow":
        if not mark.fallback:
            shadow = click.article_id in mark.pages[:CUTOFF]
            tally.add(unit, segment, credit=float(shadow) - float(hit), credited=1, judged=1, hits=float(shadow))
        return
    tally.add(unit, segment, clicks=float(place >= 0), judged=1, hits=float(hit))
    if experiment.way == "interleaving" and hit and place < len(mark.owners):
        owner = mark.owners[place]
        if owner == NOBODY:
            return  # the editors chose the article for both
        tally.add(unit, segment, credit=2.0 * owner - 1.0, credited=1)
        found.of(experiment.variants[owner].name).add(unit, segment, clicks=1, hits=1)
