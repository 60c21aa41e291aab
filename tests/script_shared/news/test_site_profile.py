"""What follows from how busy a site is; on a busy one nothing changes, and what a person sets stays."""

import pytest

from script_shared.errors import SettingsError
from script_shared.news.params import FILE, NewsParams, for_site
from script_shared.news.site_profile import AUTO, BUSY, FAST, SiteProfile
from script_shared.params import load_params

BEFORE = {  # every value as it was in the params file when sites were not measured
    "split.window_hours": 12,
    "gate.min_users": 50,
    "gate.beats": ["most_read_10m"],
    "rehearsal.hours": 12,
    "ranking.hours": 24,
    "ranking.fold_days": 3,
    "pool.max_age_hours": 168,
    "live.pace": 1,
    "popularity.half_lives_hours": [0.25, 1.0, 6.0],
    "popularity.recency_half_life_hours": 2.0,
    "popularity.recency_weight": 2.0,
    "semi_logged.window_days": 30,
    "logged.content.profile_half_life_hours": 168,
    "evaluation.popularity_windows_hours": [1.0, 6.0, 24.0],
}
SLOW = SiteProfile(365, 7, 66, 49, 358, pace=16, window_hours=672, window_users=999)


def at(params: NewsParams, key: str) -> object:
    found: object = params
    for part in key.split("."):
        found = getattr(found, part)
    return found


def test_every_setting_of_a_fast_site_is_exactly_what_it_was() -> None:
    params = load_params(NewsParams, FILE)
    for site in (BUSY, SiteProfile(13, FAST, 900, 300.0, 9_000.0)):
        settled = for_site(params, site)
        assert {key: at(settled, key) for key in BEFORE} == BEFORE
        assert settled == params
    assert set(AUTO) - set(BEFORE) == {"evaluation.batch_hours", "ranking.renew_hours"}
    longer_than_any_window = (params.evaluation.batch_hours, params.ranking.renew_hours)
    assert min(longer_than_any_window) > 8_000


def test_every_rule_stands_in_the_params_file_and_every_auto_of_the_file_has_a_rule() -> None:
    assert sorted(load_params(NewsParams, FILE).auto) == sorted(AUTO)


def test_a_slow_site_is_measured_on_weeks_and_counts_over_days() -> None:
    params = for_site(load_params(NewsParams, FILE), SLOW)
    assert (params.split.window_hours, params.ranking.hours, params.live.pace) == (672, 672, 16)
    assert (params.pool.max_age_hours, params.gate.min_users) == (358, 50)
    assert params.gate.beats == ["most_read_1h", "most_read_6h", "most_read_24h", "most_read_7d"]
    assert params.popularity.half_lives_hours == [4.0, 16.0, 96.0]
    assert 0.1 <= params.popularity.recency_weight < 1.0


def test_what_the_params_file_or_a_person_sets_overrules_the_site() -> None:
    params = load_params(
        NewsParams, FILE, ["split.window_hours = 48", "live.pace = 2", 'gate.beats = ["most_read_1h"]']
    )
    settled = for_site(params, SLOW)
    assert (settled.split.window_hours, settled.live.pace, settled.gate.beats) == (48, 2, ["most_read_1h"])
    assert settled.ranking.hours == 672
    assert for_site(settled, SLOW) == settled


def test_a_tiny_site_asks_for_fewer_users_but_never_for_next_to_none() -> None:
    least = [
        for_site(load_params(NewsParams, FILE), SiteProfile(90, 1, 5, 40, 200, window_users=users)).gate.min_users
        for users in (10, 120, 299, 300)
    ]
    assert least == [10, 20, 49, 50]


def test_auto_where_no_rule_is_known_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"gate\.cutoff"):
        load_params(NewsParams, FILE, ['gate.cutoff = "auto"'])
    with pytest.raises(SettingsError, match=r"gate\.beats"):
        load_params(NewsParams, FILE, ['gate.beats = ["most_read_yesterday"]'])
