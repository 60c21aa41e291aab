"""One plain list by clicks: of everybody, of a section's rows, or of the users of a region."""

import numpy as np
import pytest

from script_shared.news.serving.most_read import most_read
from tests.script_shared.news.events_made import START_MS, click, folded


@pytest.mark.parametrize(("region", "read"), [("", ["a", "b"]), ("rj", ["b"]), ("sp", ["a", "b"]), ("nowhere", [])])
def test_a_region_has_the_clicks_of_its_users_alone(region: str, read: list[str]) -> None:
    clicks = [click(f"s{number}", "a", region="sp") for number in range(4)]
    clicks += [click("s9", "b", region="sp"), click("r1", "b", region="rj"), click("r2", "b", region="rj")]
    found = list(most_read(folded(*clicks, readers=50), "1h", START_MS, within=None, region=region))
    assert [one.article_id for one in found] == read
    assert not found or sum(one.share for one in found) == pytest.approx(1.0)


def test_rows_that_do_not_count_are_in_no_list_and_in_no_share() -> None:
    state = folded(click("u", "a"), click("v", "a"), click("w", "b"))
    within = np.zeros(state.articles.used, bool)
    within[state.article_row("b")] = True
    found = list(most_read(state, "1h", START_MS, within=within, region=""))
    assert [(one.article_id, one.share) for one in found] == [("b", 1.0)]
