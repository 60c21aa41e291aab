"""What the service counts, for Prometheus.

================================================  =========  =========================================================
metric                                            kind       what it says
================================================  =========  =========================================================
pauta_http_requests_total                         counter    requests by route template, method and status
pauta_http_request_duration_seconds               histogram  time to answer by route template and method
pauta_http_refused_total                          counter    requests and connections the server ended, by reason
pauta_http_connections                            gauge      connections that are open
pauta_ready                                       gauge      1 when a release of the first use case is loaded
pauta_workers                                     gauge      processes that answer
pauta_release_info                                gauge      1 for the release in service, 0 for those served before
pauta_release_created_timestamp_seconds           gauge      when the release in service was made (epoch seconds)
pauta_release_data_end_timestamp_seconds          gauge      time of the newest interaction it knows (epoch seconds)
pauta_release_load_seconds                        gauge      time the last load took, check included
pauta_release_swaps_total                         counter    releases taken into service
pauta_release_refusals_total                      counter    releases that could not be loaded or failed their check
pauta_release_store_errors_total                  counter    looks at the release store that failed
pauta_release_store_up                            gauge      1 when the release store could be read the last time
pauta_use_case_ready                              gauge      1 when a release of the use case is loaded, else 0
pauta_use_case_release_info                       gauge      1 for the release in service, by use case and version
pauta_use_case_release_created_timestamp_seconds  gauge      when it was made (epoch seconds), by use case
pauta_use_case_release_load_seconds               gauge      time its load took, check included, by use case
pauta_use_case_release_swaps_total                counter    releases taken into service, by use case
pauta_use_case_release_refusals_total             counter    releases that were not loaded, by use case
pauta_use_case_release_store_errors_total         counter    reads of the store that failed, by use case
pauta_use_case_release_store_up                   gauge      1 when the store could be read the last time, by use case
pauta_clock_mode                                  gauge      1 for the mode of the release's clock (wall, data)
pauta_clock_timestamp_seconds                     gauge      the time on that clock (epoch seconds)
pauta_disk_free_ratio                             gauge      free share of the disk of each folder (0 to 1)
pauta_evaluation                                  gauge      newest figure by model, segment, metric, cutoff, protocol
pauta_evaluation_low                              gauge      lower end of its 95 % interval
pauta_evaluation_high                             gauge      upper end of its 95 % interval
pauta_evaluation_timestamp_seconds                gauge      when a model was evaluated last (epoch seconds)
pauta_use_case_evaluation                         gauge      newest figure by use case, model, segment and metric
pauta_use_case_evaluation_low                     gauge      lower end of its 95 % interval
pauta_use_case_evaluation_high                    gauge      upper end of its 95 % interval
pauta_drift_index                                 gauge      stability index of the newest data, by use case and column
pauta_drift_distance                              gauge      Kolmogorov-Smirnov distance, by use case and column
pauta_drift_missing_ratio                         gauge      share of the newest rows without a value, by column
pauta_drift_columns                               gauge      columns that drifted, by use case, level and use
pauta_drift_new_columns                           gauge      columns that only the newest data have, by use case
pauta_drift_timestamp_seconds                     gauge      when the newest data were compared (epoch seconds)
pauta_service_figure                              gauge      newest figure of the release in service, by group of clicks
pauta_service_rival                               gauge      the same of the best row of the most read
pauta_service_lead                                gauge      lead of the release over that row
pauta_service_lead_low                            gauge      lower end of its 95 % interval
pauta_service_lead_high                           gauge      upper end of its 95 % interval
pauta_service_timestamp_seconds                   gauge      when the release in service was evaluated (epoch seconds)
pauta_decision_timestamp_seconds                  gauge      when the newest decision of a kind was made (epoch seconds)
pauta_guard_hit_rate                              gauge      share of judged clicks that the release's lists had
pauta_guard_popularity_rate                       gauge      the same for popularity of the last hour
pauta_guard_clicks                                gauge      judged clicks of the release in service, by use case
pauta_guard_answers                               gauge      lists that it served, by use case
pauta_guard_lead                                  gauge      its hit rate minus another, by use case and comparison
pauta_guard_lead_high                             gauge      upper end of the confidence sequence of the lead
pauta_guard_tolerance                             gauge      how far the lead may be below 0
pauta_guard_held                                  gauge      1 while a worse release stays in service, by use case
pauta_guard_timestamp_seconds                     gauge      when the guard looked last (epoch seconds)
pauta_guard_last_rollback_timestamp_seconds       gauge      when it rolled back last (epoch seconds)
pauta_backup_timestamp_seconds                    gauge      when the newest backup was made (epoch seconds)
pauta_backup_bytes                                gauge      size of the newest backup
pauta_backup_trial_failed                         gauge      1 when its trial restore found a problem, else 0
pauta_backup_trial_seconds                        gauge      how long that trial took
pauta_backup_restorable_timestamp_seconds         gauge      when the newest restorable backup was made, 0 for none
pauta_backup_max_age_seconds                      gauge      age of that backup above which an alert fires
pauta_backup_kept                                 gauge      backups that are kept
================================================  =========  =========================================================

Use cases export metrics of their own beside these (``app.metrics.own_metrics``); each has such a table, too, and a test
compares the tables with what ``/metrics`` exports. Series of a release leave some minutes after it.
``app.metrics.workers`` adds up several worker processes.
"""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric, ProcessCollector, disable_created_metrics

from app.metrics.connection_metrics import ConnectionMetrics
from app.metrics.decision_metrics import DecisionMetrics
from app.metrics.disk_metrics import DiskMetrics
from app.metrics.evaluation_file import EvaluationFile
from app.metrics.evaluation_metrics import EvaluationMetrics
from app.metrics.exposition import SharedText, exposition
from app.metrics.families import GAUGES, FamilyCollector, WorkerCounts, families_of
from app.metrics.http_metrics import HttpMetrics
from app.metrics.leaving_releases import LeavingReleases
from app.metrics.own_metrics import OwnMetrics
from app.metrics.release_metrics import ReleaseMetrics
from app.metrics.reports.backup_metrics import BackupMetrics
from app.metrics.reports.drift_metrics import DriftMetrics
from app.metrics.reports.guard_metrics import GuardMetrics
from app.metrics.reports.service_metrics import ServiceMetrics
from app.metrics.use_case_figures import UseCaseFigures
from app.metrics.use_case_metrics import ReleaseCounts, UseCaseMetrics
from app.metrics.workers import Workers

disable_created_metrics()  # a second series for each counter and histogram, which nothing here asks for


class Telemetry:
    """The metrics of one process; one registry each, so that two services in one process do not meet.

    Args:
        evaluation: the table whose newest figures are shown, None for none.
        shared: folder that the worker processes of one service share, None for a single process.
        figures: folder of evaluations with the figures, drift and guard of each use case, None for none.
    """

    def __init__(
        self, evaluation: EvaluationFile | None = None, shared: Path | None = None, figures: Path | None = None
    ) -> None:
        self.registry = CollectorRegistry()
        self.http = HttpMetrics(self.registry)
        self.connections = ConnectionMetrics(self.registry)
        self.releases = ReleaseMetrics(self.registry)
        self.use_cases = UseCaseMetrics(self.registry)
        self.disk = DiskMetrics(self.registry)
        self.evaluation = EvaluationMetrics(evaluation)
        self.use_case_figures = UseCaseFigures(figures)
        self.drift, self.guard = DriftMetrics(figures), GuardMetrics(figures)
        self.service, self.backup = ServiceMetrics(figures), BackupMetrics(figures)
        self.decisions = DecisionMetrics()
        self._across, self._leaving = dict(GAUGES), list[LeavingReleases]()
        self._workers = Workers(shared, self._snapshot, self._across) if shared is not None else None
        ProcessCollector(registry=self.registry)
        self._texts = {flag: SharedText(partial(self._write, exemplars=flag)) for flag in (False, True)}

    def own(self) -> OwnMetrics:
        """Where a use case exports metrics of its own."""
        return OwnMetrics(self.registry, self._across)

    def counts_of(self, use_case: str, own: OwnMetrics | None = None, *, first: bool = False) -> ReleaseCounts:
        """The metrics of a use case's releases.

        Args:
            own: the use case's own metrics, of which series of a release leave with it.
            first: whether they also count under the names without a use case.
        """
        leaves = own.leaving if own is not None else []
        if first:
            leaves.append(self.releases.remove_release)
        self._leaving.append(LeavingReleases(leaves))
        return ReleaseCounts(self.use_cases, use_case, self._leaving[-1], self.releases if first else None)

    async def start(self) -> None:
        """Be there for the other worker processes, where there are any."""
        if self._workers is not None:
            await self._workers.start()

    async def stop(self) -> None:
        """Leave the counts to them."""
        if self._workers is not None:
            await self._workers.stop()

    async def render(self, *, exemplars: bool = False) -> bytes:
        """Everything as text, of all worker processes, written in a thread.

        Args:
            exemplars: write OpenMetrics with exemplars; else Prometheus' own format.
        """
        return await self._texts[exemplars].get()

    async def _write(self, *, exemplars: bool) -> bytes:
        if self._workers is None:
            self._remove_series()
            return await asyncio.to_thread(self._render, self.registry, exemplars=exemplars)
        families = FamilyCollector(await self._workers.together())
        return await asyncio.to_thread(self._render, families, exemplars=exemplars)

    def _render(self, registry: CollectorRegistry | FamilyCollector, *, exemplars: bool) -> bytes:
        files = (self.evaluation, self.use_case_figures, self.drift, self.service, self.guard, self.backup)
        return exposition(registry, (each.text() for each in (*files, self.decisions)), exemplars=exemplars)

    def collect(self) -> Iterator[Metric]:
        """Every metric of this process."""
        yield from self.registry.collect()
        yield from self.evaluation.collect()
        yield from self.use_case_figures.collect()
        yield from self.drift.collect()
        yield from self.service.collect()
        yield from self.decisions.collect()
        yield from self.guard.collect()
        yield from self.backup.collect()

    def _snapshot(self) -> WorkerCounts:
        self._remove_series()
        return WorkerCounts(families_of(self.registry), removed=self.removed_releases)

    @property
    def removed_releases(self) -> list[str]:
        """Releases whose series have left, and which no use case has in service."""
        current = {each.current for each in self._leaving}
        return [release for each in self._leaving for release in each.removed_releases if release not in current]

    def _remove_series(self) -> None:
        for each in self._leaving:
            each.remove_series()
