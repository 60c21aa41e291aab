"""Estimates on lists of made users with planted preferences, where what every order is worth is known exactly."""

from dataclasses import replace
from typing import Any

from pipelines.measures.off_policy import doubly_robust, ips, snips
from script_shared.exploration.randomization import Randomization
from tests.benchmarks.exploration.repeated import Held
from tests.pipelines.measures.planted_lists import Lists, World

NO_CLIP = 1e9
MANY = 200_000  # lists of the truth


def planted(how: Randomization, count: int, runs: int) -> dict[str, Any]:
    """Estimates of an order that knows the users' tastes, beside the truth.

    Args:
        how: how the last places of lists are drawn.
        count: lists of a run, five for each user on average.
        runs: each with users, lists and clicks of its own.

    Returns:
        by method the figures of ``Held``; the doubly robust one with predictions that are right and twice too high.
    """
    world = World(how)
    truth = replace(world, lists_per_user=1.0).lists(MANY, 10**6).truth()
    held = {name: Held(truth) for name in ("IPS", "SNIPS", "doubly robust", "doubly robust, wrong predictions")}
    for seed in range(runs):
        for name, found in _estimates(world.lists(count, seed)).items():
            held[name].note(found)
    return {name: each.plain() for name, each in held.items()}


def _estimates(lists: Lists) -> dict[str, Any]:
    of = lists.trials()
    return {
        "IPS": ips(of, NO_CLIP),
        "SNIPS": snips(of, NO_CLIP),
        "doubly robust": doubly_robust(of, lists.predicted(), NO_CLIP),
        "doubly robust, wrong predictions": doubly_robust(of, lists.predicted(2.0), NO_CLIP),
    }
