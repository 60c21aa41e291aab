"""From the event log and a release to estimates."""

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.news.offline.candidate import Candidate
from pipelines.news.offline.drawn_lists import DrawnList, DrawnLists, find
from pipelines.news.offline.estimates import Estimates, estimate_policies
from pipelines.news.offline.features import features_of
from pipelines.news.offline.rows import By, LoggedLists, predict_clicks
from script_shared.arrays import FloatArray
from script_shared.errors import InputError
from script_shared.events import EventLog

SAY_EVERY = 1_000
HOW = "Set serving.randomization.share in the params file of the API (docs/exploration.md), and wait for clicks."


@dataclass(frozen=True)
class ListSelection:
    """Which lists are used, and how.

    Attributes:
        since_ms: first moment, epoch milliseconds; None for the end of the candidate's data.
        until_ms: moment before which lists end; None for now.
        most: lists at most, sampled by the answers' ids.
        by: whether a click depends on the article alone, or on its place as well.
        clip: limit of the weights.
    """

    since_ms: int | None = None
    until_ms: int | None = None
    most: int = 20_000
    by: By = "article"
    clip: float = 20.0


def run(
    log: EventLog, release: Candidate, wanted: ListSelection, say: Callable[[str], None] = lambda line: None
) -> Estimates:
    """What a candidate would have got on the lists that were served after the end of its data.

    Args:
        log: the event log.
        release: the candidate; it is moved on to the last list.
        wanted: which lists, and how.
        say: called with a line of progress.

    Raises:
        InputError: no list can be used.
        UnavailableError: the log cannot be read.
    """
    since_ms = max(release.end_ms + 1, wanted.since_ms or 0)
    found = find(log, since_ms, wanted.until_ms, wanted.most)
    if not found.lists:
        raise InputError(f"no list after the data of {release.version} can be used{_others(found)}.", fix=HOW)
    own: list[list[str]] = []
    usual = [one.usual for one in found.lists]
    features: list[FloatArray] = []
    known: list[list[str]] = []
    for number, (one, moment) in enumerate(
        zip(found.lists, release.moments([each.served for each in found.lists]), strict=True)
    ):
        if number % SAY_EVERY == 0:
            say(f"{number:,} of {len(found.lists):,} lists")
        own.append(moment.ids)
        known.append(list(dict.fromkeys([*one.served.pages, *usual[number], *moment.ids])))
        features.append(features_of(moment, known[-1], _order(one)))
    logged = LoggedLists.of_lists(found.lists, wanted.by)
    return estimate_policies(
        release.version,
        [logged.trials(usual), logged.trials(own)],
        predict_clicks(logged, [usual, own], features, known),
        left_out=found.left_out,
        by=wanted.by,
        clip=wanted.clip,
    )


def _order(one: DrawnList) -> list[str]:
    """The order of the release that served, as far as it is known."""
    return one.fixed_ids + one.draw.candidates(one.served.pages)


def _others(found: DrawnLists) -> str:
    return "".join(f"; {count:,} are {reason}" for reason, count in sorted(found.left_out.items()))
