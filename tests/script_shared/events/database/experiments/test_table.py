"""Versions of experiments, on SQLite and PostgreSQL."""

from typing import Any

import pytest

from script_shared.errors import ConflictError, RequestError
from script_shared.events import EventLog
from script_shared.experiments.experiment import Experiment, experiment_of
from script_shared.experiments.stored import StoredExperiment


def split(name: str = "ranker", off: float = 0.5, **more: Any) -> Experiment:
    variants = [{"name": "on", "share": 0.5}, {"name": "off", "share": off, "ranker": False}]
    return experiment_of({"name": name, "variants": variants, **more})


def only(log: EventLog) -> StoredExperiment:
    (found,) = log.experiments.current()
    return found


def test_a_change_of_shares_is_a_new_version_with_the_same_key(log: EventLog) -> None:
    started = log.experiments.start(split(), "ana", "to see").after
    assert (started.version, started.state, started.by, started.why) == (1, "running", "ana", "to see")
    change = log.experiments.change("ranker", 1, lambda before: before.with_shares({"off": 0.1}), "bea", "too many")
    assert change.before == started
    assert change.after == only(log)
    assert (change.after.version, change.after.key) == (2, started.key)
    assert [each.experiment.shares["off"] for each in log.experiments.versions("ranker")] == [0.5, 0.1]
    assert log.experiments.head() == change.after.number


def test_users_stay_where_they_were_unless_their_variant_lost_them(log: EventLog) -> None:
    before = log.experiments.start(split(), "ana").after
    after = log.experiments.change("ranker", 1, lambda old: old.with_shares({"off": 0.2}), "ana", "").after
    users = [f"u{number}" for number in range(2_000)]
    moves = {(before.variant_of(user, ""), after.variant_of(user, "")) for user in users}
    assert moves == {("on", "on"), ("off", "off"), ("off", None)}
    assert before.variant_of("", "visit") is not None
    assert before.variant_of("", "") is None


def test_a_second_writer_gets_a_conflict_that_names_the_first(log: EventLog) -> None:
    log.experiments.start(split(), "ana")
    log.experiments.change("ranker", 1, lambda old: old.with_shares({"off": 0.2}), "bea", "")
    with pytest.raises(ConflictError, match="has version 2, changed by bea"):
        log.experiments.change("ranker", 1, lambda old: old.with_shares({"off": 0.3}), "ana", "")
    with pytest.raises(ConflictError, match="has version 2"):
        log.experiments.stop("ranker", 1, "ana", "")
    assert log.experiments.stop("ranker", 2, "ana", "").after.state == "stopped"
    with pytest.raises(ConflictError, match="is stopped"):
        log.experiments.stop("ranker", None, "ana", "")
    with pytest.raises(ConflictError, match="there was an experiment"):
        log.experiments.start(split(), "ana")
    with pytest.raises(RequestError, match="no experiment 'other'"):
        log.experiments.stop("other", None, "ana", "")


def test_one_experiment_of_a_use_case_runs_with_one_shadow_beside_it(log: EventLog) -> None:
    shadow = {"way": "shadow", "share": 0.1, "variants": [{"name": "new", "release": "v2"}]}
    log.experiments.start(split(), "ana")
    log.experiments.start(experiment_of({"name": "new", **shadow}), "ana")
    for name, other in (("second", split("second")), ("shade", experiment_of({"name": "shade", **shadow}))):
        with pytest.raises(ConflictError, match="runs"):
            log.experiments.start(other, "ana")
        assert log.experiments.versions(name) == []
    log.experiments.start(split("theirs", use_case="students"), "ana")


def test_running_experiments_need_no_more_releases_than_fit_into_memory(log: EventLog) -> None:
    variants = [{"name": "a", "share": 0.5, "release": "v1"}, {"name": "b", "share": 0.5, "release": "v2"}]
    log.experiments.start(experiment_of({"name": "two", "variants": variants}), "ana")
    shadow = {"name": "s", "way": "shadow", "variants": [{"name": "new", "release": "v3"}]}
    with pytest.raises(ConflictError, match="3 releases"):
        log.experiments.start(experiment_of(shadow), "ana")


def test_a_variant_that_is_stopped_leaves_the_others_running_and_the_last_two_end_the_experiment(log: EventLog) -> None:
    variants = [{"name": name, "share": 0.3} for name in ("a", "b", "c")]
    log.experiments.start(experiment_of({"name": "three", "variants": variants}), "ana")
    first = log.experiments.stop_variant("three", "b", "guard", "it lost").after
    assert (first.state, first.experiment.shares) == ("running", {"a": 0.3, "b": 0.0, "c": 0.3})
    with pytest.raises(ConflictError, match="b of three is stopped"):
        log.experiments.stop_variant("three", "b", "guard", "")
    assert log.experiments.stop_variant("three", "c", "guard", "it lost too").after.state == "stopped"


def test_a_file_starts_changes_and_stops_experiments_once_however_many_processes_read_it(log: EventLog) -> None:
    assert [change.after.state for change in log.experiments.follow_file([split()], "file")] == ["running"]
    assert log.experiments.follow_file([split()], "file") == []
    (change,) = log.experiments.follow_file([split(off=0.1)], "file")
    assert change.after.version == 2
    with pytest.raises(ConflictError, match="only shares can change"):
        log.experiments.follow_file([split(off=0.1, metric="hit_rate")], "file")
    (stopped,) = log.experiments.follow_file([], "file")
    assert stopped.after.state == "stopped"
    assert log.experiments.follow_file([split()], "file") == [], "what was stopped stays stopped"


def test_a_file_does_not_bring_back_a_variant_that_the_guard_stopped(log: EventLog) -> None:
    variants = [{"name": name, "share": 0.3} for name in ("a", "b", "c")]
    experiment = experiment_of({"name": "three", "variants": variants})
    log.experiments.follow_file([experiment], "file")
    log.experiments.stop_variant("three", "b", "guard", "it lost")
    assert log.experiments.follow_file([experiment], "file") == []
    (change,) = log.experiments.follow_file([experiment.with_shares({"c": 0.1})], "file")
    assert change.after.experiment.shares == {"a": 0.3, "b": 0.0, "c": 0.1}
