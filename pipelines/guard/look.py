"""One look of the guard: count new clicks, compare, roll back if needed, write the decision and the figures."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipelines.decisions import record
from pipelines.guard.action import BY, choice
from pipelines.guard.figures import write_figures
from pipelines.guard.judged import Clicks
from pipelines.guard.state import Keeper, State, state_in
from pipelines.guard.tally import Tally
from pipelines.guard.verdict import Comparison, comparisons
from pipelines.use_case import Context, UseCase
from script_shared.decisions.kinds import rollback_decision
from script_shared.errors import ReleaseConflictError, ReleaseMissingError
from script_shared.params.loop import GuardParams
from script_shared.releases import Pointer

Judge = Callable[[Context, int], Clicks | None]
log = logging.getLogger("pauta.guard")


@dataclass
class Look:
    """The result of one look.

    Attributes:
        release: in service when it began; "" for none.
        status: ``waiting`` (no release, no answers, or too few clicks), ``fine``, ``held`` (worse, but not rolled
            back), or ``rolled_back``.
        sentence: what was found, for people.
        to: the release in service after a rollback.
        compared: the comparisons.
    """

    release: str = ""
    status: str = "waiting"
    sentence: str = "no release is in service"
    to: str = ""
    compared: list[Comparison] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        compared = {each.name: each.plain() for each in self.compared}
        return {"release": self.release, "status": self.status, "sentence": self.sentence, "to": self.to} | {
            "comparisons": compared
        }


def look(case: UseCase, context: Context, *, dry_run: bool = False) -> Look:
    """Look once at the release in service of a use case.

    Args:
        case: a use case with ``live``.
        context: its settings and params; the run does not matter.
        dry_run: change nothing: neither the release in service, nor the figures and the memory of the guard.

    Returns:
        what was found and done.

    Raises:
        InputError: the use case has no live figures, or another look is under way.
        UnavailableError: the event log or the release store cannot be read.
    """
    judge: Judge = case.function("live")
    params: GuardParams = context.params.guard
    with state_in(context.run.root) as (state, keeper):
        pointer = context.releases.current()
        if pointer is None:
            return Look()
        if not dry_run:
            _finish(context, pointer, state, keeper)
        _refer(pointer, state)
        clicks = judge(context, state.until_ms)
        if clicks is not None:
            state.add(clicks, params.reference_days)
        found = _judge(pointer, state.tally(pointer.version), params)
        if dry_run:
            return found
        keeper.save(state)
        if found.status == "worse":
            found = _act(case, context, pointer, state, keeper, found)
        write_figures(context, found.plain(), state.tally(pointer.version), state.until_ms, context.releases.current())
        return found


def _refer(pointer: Pointer, state: State) -> None:
    """Note the figures of the release before at the first look after a promotion: the reference must not change."""
    before = pointer.earlier()
    tally = state.tally(pointer.version)
    if pointer.kind == "promote" and before and not tally.clicks and not tally.before and before[0] in state.tallies:
        tally.before = state.tallies[before[0]].reference()


def _judge(pointer: Pointer, tally: Tally, params: GuardParams) -> Look:
    compared = comparisons(tally, params)
    worse = [each for each in compared if each.worse]
    if worse:
        return Look(pointer.version, "worse", "; ".join(each.sentence for each in worse), compared=compared)
    if tally.clicks < params.least_clicks:
        sentence = f"{tally.clicks:,} of {params.least_clicks:,} clicks that the first verdict needs"
        return Look(pointer.version, "waiting", sentence, compared=compared)
    return Look(pointer.version, "fine", compared[0].sentence, compared=compared)


def _act(case: UseCase, context: Context, pointer: Pointer, state: State, keeper: Keeper, found: Look) -> Look:
    """Roll back where the rules allow it; what is about to happen is saved first, so that a crash loses no decision."""
    allowed = choice(pointer, context.params.guard)
    if allowed.reason:
        found.status, found.sentence = "held", f"{found.sentence}. Not rolled back: {allowed.reason}"
        return found
    tally = state.tally(pointer.version)
    counts = {name: getattr(tally, name) for name in ("clicks", "hits", "popular", "answers")}
    evidence = {**counts, "comparisons": [each.plain() for each in found.compared]}
    state.pending = {"version": pointer.version, "why": found.sentence, "evidence": evidence}
    keeper.save(state)
    try:
        moved = context.releases.rollback(found.sentence, by=BY, among=allowed.targets)
    except (ReleaseMissingError, ReleaseConflictError) as error:
        found.status, found.sentence = "held", f"{found.sentence}. Not rolled back: {error.message}"
        return found
    found.status, found.to = "rolled_back", moved.version
    log.warning("%s: release %s was rolled back to %s: %s", case.name, pointer.version, moved.version, found.sentence)
    _finish(context, moved, state, keeper)
    return found


def _finish(context: Context, pointer: Pointer, state: State, keeper: Keeper) -> None:
    """Record a rollback that was carried out, also one before a crash, and let the registered model follow."""
    pending, state.pending = state.pending, {}
    if not pending:
        return
    if pointer.by == BY and pointer.kind == "rollback" and pending["version"] != pointer.version:
        use_case, once = context.use_case, ("guard", str(pointer.sequence))
        before, why = str(pending["version"]), str(pending["why"])
        evidence = {**pending["evidence"], "sequence": pointer.sequence}
        record(
            context.settings,
            rollback_decision(use_case, before, pointer.version, why=why, evidence=evidence, once=once),
        )
        if context.settings.mlflow_address is not None:
            from pipelines.tracking.step import catch_up

            catch_up(context.settings, use_case)
    keeper.save(state)
