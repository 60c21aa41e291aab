"""What a vacancy is like, no matter who the candidate is."""

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.recruiting.features.facts import has_bits
from script_shared.recruiting.features.feature_names import BITS
from script_shared.recruiting.features.world import World


def need_columns(world: World, vacancies: IntArray, day: int) -> Float32s:
    """What the vacancies ask for, their kinds of contract and areas, and their age in working days.

    Args:
        world: facts of all vacancies.
        vacancies: int (n), rows.
        day: days since 1970-01-01.

    Returns:
        float32 (len(NEED), n), in the order of ``feature_names.NEED``.
    """
    things, which = np.unique(vacancies, return_inverse=True)
    facts = world.vacancy_facts
    columns: list[FloatArray | IntArray] = [facts[name][things] for name in ("level", "academic", "english", "spanish")]
    columns += [facts[name][things] for name in ("title_words", "text_words")]
    asked = np.clip(facts["asked"][things], 0, day)
    columns.append(np.busday_count(asked.astype("datetime64[D]"), np.datetime64(day, "D")))
    bits = [has_bits(facts[name][things], BITS).T for name in ("contract", "area")]
    found: Float32s = np.concatenate([np.stack(columns), *bits]).astype(np.float32)
    return found[:, which]
