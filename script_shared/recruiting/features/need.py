"""What a vacancy is like, no matter who the candidate is."""

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.features.facts import has_bits
from script_shared.recruiting.features.feature_names import BITS
from script_shared.recruiting.features.world import World


def add_need(world: World, vacancies: IntArray, day: int, found: dict[str, FloatArray]) -> None:
    """Add what the vacancies ask for, their kinds of contract and areas, and their age in working days."""
    facts = world.vacancy_facts
    for name in ("level", "academic", "english", "spanish"):
        found[f"need_{name}"] = facts[name][vacancies].astype(np.float32)
    found["title_words"] = facts["title_words"][vacancies].astype(np.float32)
    found["text_words"] = facts["text_words"][vacancies].astype(np.float32)
    asked = np.clip(facts["asked"][vacancies], 0, day)
    found["age_workdays"] = np.busday_count(asked.astype("datetime64[D]"), np.datetime64(day, "D")).astype(np.float32)
    for name in ("contract", "area"):
        bits = has_bits(facts[name][vacancies], BITS).astype(np.float32)
        found.update({f"{name}_{bit}": bits[:, bit] for bit in range(BITS)})
