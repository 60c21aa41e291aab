"""The limits stop an interleaving with a losing variant, and interleavings and shadows that fail or are slow."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.experiments.analysis import analyse, analyse_running, apply_limits
from pipelines.experiments.limits import breaches
from pipelines.experiments.verdict import verdict
from script_shared.events import EventLog
from script_shared.experiments.experiment import experiment_of
from script_shared.experiments.mark import Mark
from tests.pipelines.experiments.made import settings_of, write

MERGED = {"name": "merge", "way": "interleaving", "limits": {"answers": 100}}
SHADE = {"name": "shade", "way": "shadow", "variants": [{"name": "new"}], "limits": {"answers": 100}}
PLAIN = {"ranker": False}


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(settings_of(tmp_path).events_address)
    yield log
    log.close()


@pytest.mark.parametrize(
    ("changes", "clicks", "loser"),
    [
        (({}, PLAIN), (0.5, 0.2), "b"),
        ((PLAIN, {}), (0.2, 0.5), "a"),
        (({}, PLAIN), (0.2, 0.5), ""),  # the loser is what everybody else gets
        (({}, PLAIN), (0.3, 0.3), ""),
        (({}, PLAIN), (0.41, 0.4), ""),  # within the limit
    ],
)
def test_an_interleaving_with_a_variant_that_wins_fewer_clicks_is_stopped_by_the_guard(
    log: EventLog, tmp_path: Path, changes: tuple[dict[str, bool], ...], clicks: tuple[float, float], loser: str
) -> None:
    variants = [{"name": name, **change} for name, change in zip("ab", changes, strict=True)]
    log.experiments.start(experiment_of({**MERGED, "variants": variants}), "ana")
    owners = lambda user: Mark("merge", "", 5_000, owners=bytes([0, 1, 1]))  # noqa: E731
    rates = [*clicks, 1 - sum(clicks)]
    write(log, 600, owners, lambda user, mark, draw: draw.choice(["p1", "p2", ""], p=rates))
    stopped = apply_limits(log, analyse(log, "merge"), settings_of(tmp_path))
    if not loser:
        assert stopped == []
        return
    winner = "ab".replace(loser, "")
    assert stopped[0].startswith(f"{loser} is worse than {winner}: 0.")
    assert stopped[0].endswith("The limit is a loss of 10%.")
    (entry,) = log.audit.read(what="experiment")
    assert (entry.who, log.experiments.current()[0].state) == ("guard", "stopped")
    metrics = {row["metric"] for row in json.loads(entry.evidence)["figures"]}
    assert metrics == {"credit", "own_clicks", "seconds"}
    assert analyse_running(log, settings_of(tmp_path)) == {}


@pytest.mark.parametrize("way", ["interleaving", "shadow"])
@pytest.mark.parametrize(
    ("mark", "why"),
    [
        (Mark("", "", 90_000), "takes 90.0 ms for a list (at least "),
        (Mark("", "", 3_000, fallback=True), "could not answer 100.0% of its requests; the limit is 5%."),
        (Mark("", "", 40_000), ""),
    ],
)
def test_an_interleaving_or_shadow_that_fails_or_is_slow_is_stopped_by_the_guard(
    log: EventLog, tmp_path: Path, way: str, mark: Mark, why: str
) -> None:
    merged = {**MERGED, "variants": [{"name": "a"}, {"name": "b"}]}
    experiment = experiment_of(merged if way == "interleaving" else SHADE)
    log.experiments.start(experiment, "ana")
    own = replace(mark, experiment=experiment.name, variant="" if way == "interleaving" else "new")
    write(log, 300, lambda user: own, lambda user, mark, draw: "p1" if draw.random() < 0.3 else "")
    stopped = apply_limits(log, analyse(log, experiment.name), settings_of(tmp_path))
    assert bool(stopped) == bool(why)
    assert why in "".join(stopped)
    assert [entry.who for entry in log.audit.read(what="experiment")] == ["guard"] * bool(why)
    assert log.experiments.current()[0].state == ("stopped" if why else "running")


def test_a_shadow_that_hits_less_goes_on_because_nobody_gets_its_lists(log: EventLog) -> None:
    log.experiments.start(experiment_of(SHADE), "ana")
    write(log, 300, lambda user: Mark("shade", "new", 4_000, pages=("q1",)), lambda user, mark, draw: "p1")
    figures = analyse(log, "shade")
    assert verdict(figures).startswith("new is worse than the served lists")
    assert list(breaches(figures)) == []
