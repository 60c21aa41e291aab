"""Every command of ``python -m pipelines`` besides the use cases: its name, what it does, and its module."""

from typing import NamedTuple


class Command(NamedTuple):
    """One command.

    Attributes:
        about: one line for ``--help``.
        where: ``module:function`` of its arguments and the settings; imported when the command is called.
    """

    about: str
    where: str


COMMANDS = {
    "audit": Command("list and verify the record of decisions", "pipelines.commands.audit:main"),
    "backup": Command("save log and releases, and try to restore them", "pipelines.commands.backup:main"),
    "check-data": Command("show what your files contain and how they are read", "pipelines.commands.check_data:main"),
    "events": Command("export a part of the event log as a parquet file", "pipelines.commands.log.events:main"),
    "experiments": Command("list, analyse and stop experiments", "pipelines.commands.experiments:main"),
    "guard": Command("compare the release in service with popularity, live", "pipelines.commands.guard:main"),
    "maintenance": Command("remove old runs, releases and events", "pipelines.commands.maintenance:main"),
    "offline-estimate": Command("estimate what a release would have got", "pipelines.commands.offline_estimate:main"),
    "releases": Command("list, promote, roll back, verify and prune releases", "pipelines.commands.releases:main"),
    "replay": Command("train the ranker on past clicks and measure it", "pipelines.commands.replay:main"),
    "served": Command("report served lists, and the clicks on them", "pipelines.commands.log.served:main"),
    "simulate-drift": Command(
        "drop generated data that differ and run every step", "pipelines.commands.simulate_drift:main"
    ),
    "student-features": Command("show a student's training row as it was", "pipelines.commands.student_features:main"),
    "tokens": Command("make, list and revoke named tokens", "pipelines.commands.tokens:main"),
    "tracking": Command("inspect and repair the records in MLflow", "pipelines.tracking.cli:main"),
}
