"""Analyses experiments: figures, page, and the variants that are stopped by their limits."""

import json
from pathlib import Path

from pipelines.decisions import record
from pipelines.experiments.figures import Figures, figures_of
from pipelines.experiments.limits import Breach, breaches
from pipelines.experiments.page import page
from pipelines.experiments.tallies import read_tallies
from pipelines.experiments.tally import ALL
from pipelines.experiments.verdict import verdict
from pipelines.report import write_page
from script_shared.errors import ConflictError, InputError
from script_shared.events import EventLog
from script_shared.events.address import log_exists
from script_shared.events.database.experiments.table import Change
from script_shared.experiments.decision import decision_of
from script_shared.experiments.stored import StoredExperiment
from script_shared.settings import Settings

GUARD = "guard"


def analyse(log: EventLog, name: str) -> Figures:
    """The figures of an experiment now.

    Args:
        log: has the experiment, its lists and clicks.
        name: of the experiment.

    Raises:
        InputError: there is no such experiment.
        UnavailableError: the log cannot be read.
    """
    versions = log.experiments.versions(name)
    if not versions:
        raise InputError(f"there is no experiment {name!r}.", fix="See `python -m pipelines experiments list`.")
    return figures_of(versions, read_tallies(log, versions[-1].experiment))


def write_report(figures: Figures, folder: Path) -> Path:
    """Write page and figures; the page's path.

    Args:
        figures: of one experiment.
        folder: of evaluation files.
    """
    name = figures.experiment.name
    path = folder / "experiments" / f"{name}.html"
    write_page(path, page(figures))
    plain = {"verdict": verdict(figures), **figures.plain()}
    write_page(path.with_suffix(".json"), json.dumps(plain, indent=2, allow_nan=False))
    return path


def apply_limits(log: EventLog, figures: Figures, settings: Settings) -> list[str]:
    """Stop the variants or the experiment that a limit stops, with one entry in the record of decisions for each.

    Args:
        log: has the experiment.
        figures: of the experiment.
        settings: name the record.

    Returns:
        why, one sentence for each.
    """
    stopped = []
    for breach in breaches(figures):
        try:
            change = _stop(log, figures.experiment.name, breach)
        except ConflictError:
            continue  # a person, or another run of this, stopped it first
        evidence = {"variant": breach.variant, "figures": _evidence(figures, breach.variant)}
        record(settings, decision_of(change.before, change.after, GUARD, evidence))
        stopped.append(breach.why)
    return stopped


def _stop(log: EventLog, name: str, breach: Breach) -> Change:
    if breach.variant:
        return log.experiments.stop_variant(name, breach.variant, GUARD, breach.why)
    return log.experiments.stop(name, None, GUARD, breach.why)


def analyse_running(log: EventLog, settings: Settings) -> dict[str, str]:
    """Analyse every running experiment, write its report, and apply its limits; the verdicts by name.

    Args:
        log: has experiments, lists and clicks.
        settings: name the folder of reports, and the record of decisions.

    Returns:
        by name of the experiment, the verdict, and why variants were stopped.
    """
    running: list[StoredExperiment] = [each for each in log.experiments.current() if each.state == "running"]
    verdicts = {}
    for each in running:
        figures = analyse(log, each.name)
        write_report(figures, settings.evaluation_dir)
        verdicts[each.name] = " ".join([verdict(figures), *apply_limits(log, figures, settings)])
    return verdicts


def analyse_all(settings: Settings) -> dict[str, str]:
    """The same, in a process that has not opened the log.

    Args:
        settings: name the event log, the folder of reports, and the record of decisions.

    Returns:
        by name of the experiment, the verdict, and why variants were stopped; empty without a running experiment, and
        before there is an event log.

    Raises:
        UnavailableError: the log cannot be read.
    """
    if not log_exists(settings.events_address):
        return {}
    log = EventLog(settings.events_address)
    try:
        return analyse_running(log, settings)
    finally:
        log.close()


def _evidence(figures: Figures, variant: str) -> list[dict[str, object]]:
    rates = figures.plain()["rates"]
    return [row for row in rates if row["group"] == ALL and (row["variant"] == variant or not variant)]
