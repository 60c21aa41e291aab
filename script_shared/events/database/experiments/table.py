"""Versions of experiments in the database of the log, the same for all processes."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from script_shared.clock import wall_ms
from script_shared.errors import ConflictError, RequestError
from script_shared.events.database.schema import EXPERIMENTS
from script_shared.experiments.allocation import allocate
from script_shared.experiments.experiment import MOST_RELEASES, Experiment, experiment_of
from script_shared.experiments.stored import State, StoredExperiment, intervals_of, intervals_text

STOP = "Stop it first, or see GET /experiments."


@dataclass(frozen=True)
class Change:
    """A version that was made, and the one before it."""

    before: StoredExperiment | None
    after: StoredExperiment


class ExperimentTable:
    """The experiments of one log database. Every method raises ``UnavailableError`` while it is unreachable.

    Args:
        transaction: opens a transaction on the database of the log.
        lock: excludes other writers until the commit.
    """

    def __init__(
        self, transaction: Callable[[], AbstractContextManager[Connection]], lock: Callable[[Connection], None]
    ) -> None:
        self._transaction, self._lock = transaction, lock

    def head(self) -> int:
        """The number of the newest version of any experiment, 0 without one."""
        with self._transaction() as connection:
            return int(connection.scalar(select(func.coalesce(func.max(EXPERIMENTS.c.number), 0))) or 0)

    def current(self) -> list[StoredExperiment]:
        """The newest version of every experiment, in the order of their start."""
        with self._transaction() as connection:
            return _current(connection)

    def versions(self, name: str) -> list[StoredExperiment]:
        """Every version of an experiment, oldest first; empty for an unknown one."""
        query = select(EXPERIMENTS).where(EXPERIMENTS.c.name == name).order_by(EXPERIMENTS.c.version)
        with self._transaction() as connection:
            return [_stored_experiment(row) for row in connection.execute(query)]

    def start(self, experiment: Experiment, by: str, why: str = "") -> Change:
        """Start an experiment.

        Raises:
            ConflictError: the name was used before, or another experiment of the use case is in the way.
        """
        with self._transaction() as connection:
            self._lock(connection)
            return _start_experiment(connection, experiment, by, why)

    def change(
        self, name: str, version: int, experiment: Callable[[Experiment], Experiment], by: str, why: str
    ) -> Change:
        """Change the shares of a running experiment.

        Args:
            version: that the change was made from.
            experiment: makes the new experiment of the old one.

        Raises:
            ConflictError: there is a newer version, or it is stopped.
            RequestError: there is no such experiment.
        """
        with self._transaction() as connection:
            self._lock(connection)
            before = _running(connection, name, version)
            return Change(before, _add_version(connection, experiment(before.experiment), before, "running", by, why))

    def stop_variant(self, name: str, variant: str, by: str, why: str) -> Change:
        """Stop one variant of a split for good; its users get what the release in service answers.

        With one variant left, the experiment is stopped.

        Raises:
            ConflictError: the experiment or the variant is stopped.
            RequestError: there is no such experiment or variant.
        """
        with self._transaction() as connection:
            self._lock(connection)
            before = _running(connection, name, None)
            found = before.experiment.variant(variant)
            if found is None:
                raise RequestError(f"the experiment {name} has no variant {variant!r}.", fix="See GET /experiments.")
            if found.stopped:
                raise ConflictError(f"the variant {variant} of {name} is stopped.", fix="Start another experiment.")
            after = before.experiment.without([variant])
            left = [each for each in after.variants if not each.stopped]
            state: State = "running" if len(left) > 1 and any(after.shares.values()) else "stopped"
            return Change(before, _add_version(connection, after, before, state, by, why))

    def stop(self, name: str, version: int | None, by: str, why: str) -> Change:
        """Stop an experiment for good; everybody gets what the release in service answers.

        Args:
            version: that the decision was made from, None for any.

        Raises:
            ConflictError: there is a newer version, or it is stopped.
            RequestError: there is no such experiment.
        """
        with self._transaction() as connection:
            self._lock(connection)
            before = _running(connection, name, version)
            return Change(before, _add_version(connection, before.experiment, before, "stopped", by, why))

    def follow_file(self, experiments: Sequence[Experiment], by: str) -> list[Change]:
        """Make the running experiments those of a file; of several processes one writes each change.

        Raises:
            ConflictError: a name was used before, or an experiment differs in more than shares.
        """
        wanted = {each.name: each for each in experiments}
        with self._transaction() as connection:
            self._lock(connection)
            running = {each.name: each for each in _current(connection) if each.state == "running"}
            changes = [
                Change(each, _add_version(connection, each.experiment, each, "stopped", by, "it is not in the file"))
                for name, each in running.items()
                if name not in wanted
            ]
            for name, each in wanted.items():
                before = running.get(name)
                if before is None:
                    if _newest(connection, name) is None:
                        changes.append(_start_experiment(connection, each, by, "it is in the file"))
                elif (after := _same_but_shares(before, each)) != before.experiment:
                    changes.append(
                        Change(before, _add_version(connection, after, before, "running", by, "the file changed"))
                    )
        return changes


def _same_but_shares(before: StoredExperiment, after: Experiment) -> Experiment:
    after = after.without(variant.name for variant in before.experiment.variants if variant.stopped)
    shares = {name: share for name, share in after.shares.items() if share != before.experiment.shares.get(name)}
    if before.experiment.with_shares(shares) != after:
        raise ConflictError(
            f"the experiment {after.name} runs with other variants or limits: only shares can change.",
            fix="Give the new experiment another name.",
        )
    return after


def _start_experiment(connection: Connection, experiment: Experiment, by: str, why: str) -> Change:
    if any(variant.stopped for variant in experiment.variants):
        raise RequestError("a variant that is stopped cannot be started.", fix="Leave it out.")
    if _newest(connection, experiment.name) is not None:
        raise ConflictError(f"there was an experiment {experiment.name} before.", fix="Use another name.")
    others = [
        each
        for each in _current(connection)
        if each.state == "running" and each.experiment.use_case == experiment.use_case
    ]
    for other in others:
        if (other.experiment.way == "shadow") == (experiment.way == "shadow"):
            raise ConflictError(f"the experiment {other.name} of {experiment.use_case} runs.", fix=STOP)
    releases = experiment.releases.union(*(other.experiment.releases for other in others))
    if len(releases) > MOST_RELEASES:
        raise ConflictError(f"running experiments need {len(releases)} releases, more than {MOST_RELEASES}.", fix=STOP)
    return Change(None, _add_version(connection, experiment, None, "running", by, why))


def _add_version(
    connection: Connection, experiment: Experiment, before: StoredExperiment | None, state: State, by: str, why: str
) -> StoredExperiment:
    intervals = allocate(experiment.shares, before.intervals if before else ())
    row = {
        "name": experiment.name,
        "version": before.version + 1 if before else 1,
        "state": state,
        "content": json.dumps(experiment.model_dump(mode="json"), ensure_ascii=False),
        "key": before.key.hex() if before else token_hex(16),
        "intervals": intervals_text(intervals),
        "at_ms": wall_ms(),
        "made_by": by[:128],
        "why": why[:2_000],
    }
    connection.execute(insert(EXPERIMENTS), [row])
    found = _newest(connection, experiment.name)
    assert found is not None
    return found


def _running(connection: Connection, name: str, version: int | None) -> StoredExperiment:
    found = _newest(connection, name)
    if found is None:
        raise RequestError(f"there is no experiment {name!r}.", fix="See GET /experiments.")
    if found.state != "running":
        raise ConflictError(f"the experiment {name} is stopped.", fix="Start another one under another name.")
    if version is not None and found.version != version:
        raise ConflictError(
            f"the experiment {name} has version {found.version}, changed by {found.by}.",
            fix="Read it again, then change it.",
        )
    return found


def _newest(connection: Connection, name: str) -> StoredExperiment | None:
    query = select(EXPERIMENTS).where(EXPERIMENTS.c.name == name).order_by(EXPERIMENTS.c.version.desc()).limit(1)
    row = connection.execute(query).first()
    return _stored_experiment(row) if row is not None else None


def _current(connection: Connection) -> list[StoredExperiment]:
    newest = select(func.max(EXPERIMENTS.c.number)).group_by(EXPERIMENTS.c.name)
    rows = [
        _stored_experiment(row)
        for row in connection.execute(select(EXPERIMENTS).where(EXPERIMENTS.c.number.in_(newest)))
    ]
    return sorted(rows, key=lambda each: each.number)


def _stored_experiment(row: Row[Any]) -> StoredExperiment:
    return StoredExperiment(
        number=row.number,
        version=row.version,
        state=row.state,
        experiment=experiment_of(json.loads(row.content)),
        key=bytes.fromhex(row.key),
        intervals=intervals_of(row.intervals),
        at_ms=row.at_ms,
        by=row.made_by,
        why=row.why,
    )
