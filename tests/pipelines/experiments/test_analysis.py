"""Planted outcomes are found, valid divisions are recognised, and a harmful variant is stopped with its figures."""

import json
from collections.abc import Iterator
from dataclasses import replace
from math import isnan
from pathlib import Path

import numpy as np
import pytest

from pipelines.commands.experiments import main
from pipelines.experiments.analysis import analyse, analyse_running, apply_limits, write_report
from pipelines.experiments.limits import breaches
from pipelines.experiments.verdict import verdict
from script_shared.errors import InputError
from script_shared.events import EventLog
from script_shared.experiments.experiment import experiment_of
from script_shared.experiments.interleaving import NOBODY
from script_shared.experiments.mark import Mark
from script_shared.experiments.stored import StoredExperiment
from tests.pipelines.experiments.made import Clicks, MarkOf, settings_of, split, write


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(settings_of(tmp_path).events_address)
    yield log
    log.close()


def marked(stored: StoredExperiment, micros: int = 3_000) -> MarkOf:
    def mark_of(user: str) -> Mark | None:
        variant = stored.variant_of(user, "")
        return Mark(stored.name, variant, micros) if variant is not None else None

    return mark_of


def by_rate(rates: dict[str, float]) -> Clicks:
    """Clicks on the first article, with the rate of the variant."""
    return lambda user, mark, draw: "p1" if draw.random() < rates[mark.variant] else ""


def test_a_variant_that_is_clicked_less_is_found_and_stopped_with_its_figures_in_the_record(
    log: EventLog, tmp_path: Path
) -> None:
    stored = split(log)
    write(log, 900, marked(stored), by_rate({"on": 0.5, "off": 0.2}))
    figures = analyse(log, "ranker")
    off = figures.rate("off", "clicks_per_answer")
    assert off is not None
    assert off.worst < -0.3 < off.best < 0
    assert abs(off.difference + 0.3) < 0.06
    assert verdict(figures).startswith("off is worse than on: clicks per answer -0.")
    assert figures.mismatch > 0.001
    (breach,) = breaches(figures)
    assert breach.variant == "off"
    settings = settings_of(tmp_path)
    (why,) = apply_limits(log, figures, settings)
    assert "The limit is a loss of 10%." in why
    assert apply_limits(log, figures, settings) == [], "a variant is stopped once"
    (entry,) = log.audit.read(what="experiment")
    assert (entry.who, json.loads(entry.evidence)["variant"]) == ("guard", "off")
    assert json.loads(entry.evidence)["figures"][0]["metric"] == "clicks_per_answer"
    assert log.experiments.current()[0].state == "stopped"
    assert analyse_running(log, settings) == {}


def test_two_equal_variants_have_no_known_difference_and_nobody_is_stopped(log: EventLog) -> None:
    stored = split(log)
    write(log, 600, marked(stored), by_rate({"on": 0.3, "off": 0.3}))
    figures = analyse(log, "ranker")
    assert verdict(figures).startswith("No difference between off and on is known yet: clicks per answer -")
    assert list(breaches(figures)) == []


def test_figures_of_a_few_answers_are_as_counted_by_hand(log: EventLog) -> None:
    stored = split(log)
    clicked = {"on": "p2", "off": "elsewhere"}
    write(log, 60, marked(stored, 2_000), lambda user, mark, draw: clicked[mark.variant], answers=2)
    figures = analyse(log, "ranker")
    users = {name: sum(stored.variant_of(f"u{n}", "") == name for n in range(60)) for name in ("on", "off")}
    rates = {(f.variant, f.metric): f.value for f in figures.rates if f.group == "all"}
    assert rates["on", "clicks_per_answer"] == rates["on", "hit_rate"] == 1.0
    assert rates["off", "clicks_per_answer"] == rates["off", "hit_rate"] == 0.0
    assert rates["on", "seconds"] == pytest.approx(0.002)
    facts = {each.variant: each for each in figures.facts}
    assert {name: (facts[name].users, facts[name].answers) for name in users} == {
        name: (count, 2 * count) for name, count in users.items()
    }
    assert facts["on"].variety == pytest.approx(3.0)
    assert verdict(figures) == "Nothing is known yet of off against on: each needs 100 users."
    groups = {figure.group for figure in figures.rates}
    assert groups == {"all", "anonymous", "logged"}


def test_users_who_are_not_divided_by_the_shares_make_the_comparison_invalid(log: EventLog) -> None:
    stored = split(log)
    whole = marked(stored)

    def lost(user: str) -> Mark | None:
        mark = whole(user)
        is_lost = mark is not None and mark.variant == "off" and np.random.default_rng(int(user[1:])).random() < 0.4
        return None if is_lost else mark

    write(log, 900, lost, by_rate({"on": 0.3, "off": 0.3}), answers=1)
    figures = analyse(log, "ranker")
    assert figures.mismatch < 0.001
    assert verdict(figures).startswith("The comparison is not valid: the users are not divided by the shares")


def test_a_variant_that_cannot_answer_or_is_slow_is_stopped(log: EventLog) -> None:
    stored = split(log, limits={"answers": 100})
    usual = marked(stored)

    def slow(user: str) -> Mark | None:
        mark = usual(user)
        return replace(mark, micros=40_000) if mark is not None and mark.variant == "off" else mark

    write(log, 300, slow, by_rate({"on": 0.3, "off": 0.3}))
    (breach,) = breaches(analyse(log, "ranker"))
    assert "off takes 40.0 ms for a list, on 3.0 ms" in breach.why
    log.experiments.stop("ranker", None, "ana", "")
    other = split(log, "fails", limits={"answers": 100})
    able = marked(other)

    def failing(user: str) -> Mark | None:
        mark = able(user)
        return replace(mark, fallback=mark.variant == "off") if mark is not None else None

    log.served.prune(2**62)
    write(log, 300, failing, by_rate({"on": 0.3, "off": 0.3}))
    (breach,) = breaches(analyse(log, "fails"))
    assert breach.why == "off could not answer 100.0% of its requests; the limit is 5%."


def test_interleaving_finds_whose_articles_are_clicked(log: EventLog, tmp_path: Path) -> None:
    experiment = experiment_of({"name": "merge", "way": "interleaving", "variants": [{"name": "a"}, {"name": "b"}]})
    log.experiments.start(experiment, "ana")
    owners = lambda user: Mark("merge", "", 5_000, owners=bytes([1, 0, 1]))  # noqa: E731
    write(log, 300, owners, lambda user, mark, draw: draw.choice(["p1", "p2", ""], p=[0.4, 0.2, 0.4]))
    figures = analyse(log, "merge")
    credit = figures.rate("b", "credit")
    assert credit is not None
    assert abs(credit.value - 0.2) < 0.06
    assert verdict(figures).startswith("b is better than a: clicks won per answer +0.")
    assert isnan(figures.mismatch)
    page = write_report(figures, tmp_path).read_text(encoding="utf-8")
    assert "b is better than a" in page


def test_clicks_on_what_the_editors_placed_in_both_lists_belong_to_neither(log: EventLog) -> None:
    experiment = experiment_of({"name": "merge", "way": "interleaving", "variants": [{"name": "a"}, {"name": "b"}]})
    log.experiments.start(experiment, "ana")
    owners = lambda user: Mark("merge", "", 5_000, owners=bytes([NOBODY, 0, 1]))  # noqa: E731
    write(log, 300, owners, lambda user, mark, draw: draw.choice(["p1", "p2", "p3"], p=[0.6, 0.2, 0.2]))
    credit = analyse(log, "merge").rate("b", "credit")
    assert credit is not None
    assert abs(credit.value) < 0.1


def test_hits_of_a_shadow_are_counted_beside_those_of_the_lists_that_were_served(log: EventLog) -> None:
    log.experiments.start(experiment_of({"name": "shade", "way": "shadow", "variants": [{"name": "new"}]}), "ana")
    shadow = lambda user: Mark("shade", "new", 4_000, pages=("q1", "p1"))  # noqa: E731
    write(log, 300, shadow, lambda user, mark, draw: str(draw.choice(["p1", "q1", "p2"], p=[0.5, 0.4, 0.1])))
    figures = analyse(log, "shade")
    rate = figures.rate("new", "hit_rate")
    assert rate is not None
    assert abs(rate.value - 0.9) < 0.04
    assert abs(rate.difference - 0.3) < 0.06
    assert verdict(figures).startswith("new is better than the served lists: the hit rate +0.")


def test_the_command_reports_lists_and_stops(log: EventLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = settings_of(tmp_path)
    assert log.experiments.head() == 0
    assert main(["list"], settings) == 0
    assert "no experiments" in capsys.readouterr().out
    stored = split(log)
    write(log, 20, marked(stored), by_rate({"on": 0.5, "off": 0.5}))
    assert main(["report", "ranker", "--json"], settings) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"].startswith("Nothing is known yet")
    assert (tmp_path / "evaluation" / "experiments" / "ranker.html").is_file()
    assert main(["watch"], settings) == 0
    assert main(["stop", "ranker", "--why", "enough"], settings) == 0
    assert log.experiments.current()[0].state == "stopped"
    assert [each.who.split(":")[0] for each in log.audit.read(what="experiment")] == ["command"]
    capsys.readouterr()
    assert main(["list"], settings) == 0
    assert "stopped" in capsys.readouterr().out
    with pytest.raises(InputError, match="no experiment 'other'"):
        main(["report", "other"], settings)
