"""The seal of an answer's id is the HMAC of the standard library, whichever key was used before."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from app.news.events.day_keys import DayKeys


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=80), st.text(max_size=300)), min_size=1, max_size=5))
def test_the_code_of_a_text_is_its_hmac(pairs: list[tuple[bytes, str]]) -> None:
    for key, text in [*pairs, pairs[0]]:
        wanted = hmac.digest(key, f"answer {text}".encode("utf-8", "surrogatepass"), "sha256").hex()[:8]
        assert DayKeys._mac(key, "answer", text) == wanted
