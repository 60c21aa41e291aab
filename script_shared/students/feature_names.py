"""Names of the features there are, and of what may not be one, with the reason; nothing heavy is imported for them."""

from collections.abc import Sequence

NAMES = (
    "phase", "ideal_phase", "lag", "age", "gap_next",
    "ida", "mat", "por", "ing", "ieg", "ipv", "iaa", "ips", "ipp",
)  # fmt: skip
REFUSED = {
    "ra": "it names a student",
    "name": "it names a student",
    "next_lag": "it is the lag of next year, which is the target",
    "next_status": "it is the target",
    "status": "it is a step function of lag, which is a feature already",
    "ian": "it is a function of the lag, which is a feature already",
    "inde": "it is a weighted sum that contains IAN, and its weights changed in 2023",
    "stone": "it is INDE in four steps",
    "entry_year": "it was rewritten in 2024, so that years in the programme cannot be compared",
    "age_text": "it is a date in some sheets and completed years in others; age is made of the birth year",
}


def check_features(names: Sequence[str]) -> None:
    """Refuse what may not be a feature.

    Raises:
        ValueError: a name is not allowed, with the reason, or unknown, or there twice.

    >>> check_features(["next_lag"])
    Traceback (most recent call last):
    ValueError: 'next_lag' may not be a feature: it is the lag of next year, which is the target
    """
    for name in names:
        if name in REFUSED:
            raise ValueError(f"{name!r} may not be a feature: {REFUSED[name]}")
        if name not in NAMES:
            raise ValueError(f"{name!r} is not among the features: {', '.join(NAMES)}")
    if len(set(names)) < len(names):
        raise ValueError("a feature is named twice")
