"""Applicants of a vacancy in the order that was learnt inside vacancies."""

import numpy as np

from script_shared.recruiting.features.match_features import match_features
from script_shared.recruiting.ranking.matcher import Matcher
from script_shared.recruiting.ranking.ranked import RankedItem


def rank_applicants(matcher: Matcher, vacancy: int) -> list[RankedItem]:
    """Everybody who applied to a vacancy, those whom the release expects to be hired first.

    The order compares applicants of one vacancy only; a release that had too few vacancies to learn it from orders by
    ``match_probability``. All applicants are compared as of today, including their other applications so far.

    Args:
        matcher: the release in service.
        vacancy: a row.

    Returns:
        one entry for each applicant; ``score`` has no unit. Empty without applicants.
    """
    world, match, day = matcher.world, matcher.parts.match, matcher.day
    people = np.asarray([entry[0] for entry in world.activity.of_vacancy.get(vacancy, ())], np.int64)
    if not len(people):
        return []
    things = np.full(len(people), vacancy)
    features = match_features(world, people, things, day)
    scores, chances = match.in_order(features), match.of_features(features)
    alike = matcher.similarities(people, things)
    best = np.argsort(-scores, kind="stable")
    rows = zip(people[best].tolist(), scores[best].tolist(), chances[best].tolist(), alike[best].tolist(), strict=True)
    return [RankedItem(*row) for row in rows]
