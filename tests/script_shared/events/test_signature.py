"""A signature is good for one body, one key and a few minutes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.events.signature import WINDOW_SECONDS, check, sign

KEYS, NOW = ["the key before this", "the key of these days"], 1_700_000_000


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("late", [-WINDOW_SECONDS, 0, WINDOW_SECONDS])
def test_every_key_signs_within_the_window(key: str, late: int) -> None:
    check(sign(key, b"body", NOW), b"body", KEYS, NOW + late)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (sign(KEYS[0], b"other", NOW), "does not match"),
        (sign("another key altogether", b"body", NOW), "does not match"),
        (sign(KEYS[0], b"body", NOW - WINDOW_SECONDS - 1), "more than 300 seconds"),
        (sign(KEYS[0], b"body", NOW + WINDOW_SECONDS + 1), "more than 300 seconds"),
        (sign(KEYS[0], b"body", NOW).replace(f"{NOW}", f"{NOW + 1}"), "does not match"),
        (f"t={NOW},v1=", "does not match"),
        (f"t={NOW}", "not of the form"),
        ("", "not of the form"),
        (f"t={NOW},t={NOW},v1=00", "not of the form"),
        ("t=²,v1=00", "not of the form"),
        (f"t={NOW}," + ",".join(["v1=00"] * 5), "not of the form"),
    ],
)
def test_what_is_not_good_is_refused_with_its_reason(header: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check(header, b"body", KEYS, NOW)


@given(st.text(max_size=80))
def test_no_made_up_header_passes_or_breaks_it(header: str) -> None:
    with pytest.raises(ValueError, match=r"form|seconds|match"):
        check(header, b"body", KEYS, NOW)
