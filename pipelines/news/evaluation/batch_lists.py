"""The evaluated lists: the recommendations of each model at T for every held-out user."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.news.evaluation.lists.asking import Ask, ask
from pipelines.news.evaluation.references import reference_versions
from pipelines.news.evaluation.result import CANDIDATE, EARLIER, IN_SERVICE
from pipelines.news.split.holdout import Holdout
from pipelines.news.split.popularity_rows import most_read, row_name, unread
from pipelines.news.training.assemble import Names, assemble_from
from pipelines.runs import Run
from pipelines.use_case import Context
from script_shared.arrays import IntArray
from script_shared.errors import InputError, ReleaseError, RunError
from script_shared.news.model import NewsModel

log = logging.getLogger(__name__)
LATER = (
    "The release in service was made from data that goes on after this window, so it may have been fitted on what is "
    "held out here: its figures flatter it."
)
REFITTED = (
    "A release in service was fitted again on reads of this window, and the run that made it was removed: its figures "
    "flatter it."
)
LACKING = (
    "The release in service was made before there was a segment {}: it answers these users as those of the next "
    "segment they belong to, and the gate holds the candidate against popularity alone there."
)


@dataclass
class BatchLists:
    """Lists of all models on the same held-out users.

    Attributes:
        held_out: the users.
        n: length of the lists.
        ask: gets the lists of all users from a model.
        lists: by model (n_users, n) article rows, -1 padded, in the order of ``held_out.truth.users``.
        releases: by model, the release it is.
        missing: by model, why there are no lists.
        lacking: segments that the release in service does not have; it answers their users as those of another one.
        notes: sentences a user of the figures must know.
        folders: by model that is a release, its folder as of T and the folder that holds its ranker, if it has one.
    """

    held_out: Holdout
    n: int
    ask: Ask = ask
    lists: dict[str, IntArray] = field(default_factory=dict)
    releases: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    folders: dict[str, tuple[Path, Path]] = field(default_factory=dict)

    def add_candidate(self, context: Context) -> None:
        """The run's own model as of T, read with the loader that serves.

        Raises:
            RunError: the run was assembled from other data or another split.
            ReleaseError: the assembled folder cannot be loaded.
        """
        folder = context.run.read("assembled") / "holdout"
        model = NewsModel.load(folder, context.run.run_id)
        self._require_same_data(model, context.run.run_id)
        self.folders[CANDIDATE] = (folder, context.run.folder("ranked") / "holdout")
        self.lists[CANDIDATE] = self._ask(model, folder)
        self.releases[CANDIDATE] = context.run.run_id

    def add_releases(self, context: Context, scratch: Path, most: int) -> None:
        """The release in service and earlier ones, their state brought to T: noted when that fails.

        Nothing is added when no release is in service. Recorded figures of the releases are of other windows, so their
        fitted parts are put together again as of T; users and articles are those of the candidate's folder.

        Args:
            scratch: an empty folder, for the releases as of T.
            most: releases in all.

        Raises:
            UnavailableError: the place of the releases does not answer; trying again may help.
        """
        releases = context.releases
        pointer = releases.current()
        if pointer is None:
            return
        names = Names.of(self.held_out.dataset)
        for place, version in enumerate(reference_versions(releases, pointer, most)):
            name = f"{EARLIER}_{place}" if place else IN_SERVICE
            self.releases[name] = version
            try:
                measured = _measured_models(context, releases.manifest(version).run_id)
                self._add(name, releases.fetch(version), version, scratch / name, names, measured)
            except ReleaseError as error:
                log.warning("release %s cannot be evaluated: %s", version, error)
                self.missing[name] = str(error)

    def _add(self, name: str, release: Path, version: str, as_of: Path, names: Names, measured: Path | None) -> None:
        """One release as of T.

        Args:
            measured: where the run that made it keeps the release as the gate saw it; None without a run.

        Raises:
            ReleaseError: it cannot be loaded.
        """
        model = NewsModel.load(release, version)
        if name == IN_SERVICE:
            self._note(model)
        release = self._choose_models(release, model, measured)
        assemble_from(release, self.held_out.dataset, self._at, as_of, names)
        self.lists[name] = self._ask(NewsModel.load(as_of, version), as_of)
        self.folders[name] = (as_of, release)

    def add_popularity(self, windows_hours: list[float]) -> None:
        """Add the most read of each window before T, with the same read filter and availability."""
        data, known = self.held_out.dataset, self.held_out.dataset.interactions.until(self._at)
        for hours in windows_hours:
            ranking = most_read(known, data.issued_ms, self.held_out.available, self._at, hours)
            self.lists[row_name(hours)] = unread(ranking, self.held_out.truth.users, known, self._at, self.n)

    def _choose_models(self, release: Path, model: NewsModel, measured: Path | None) -> Path:
        """The models that are asked: of a release fitted again after its gate, those that the gate saw, if they exist.

        Models fitted on reads of this window would be flattered; where nothing else is left, a note says so.
        """
        if "refit" not in model.facts or model.facts["data_end_ms"] <= self._at:
            return release
        if measured is not None and (measured / "model.json").is_file():
            return measured
        if REFITTED not in self.notes:
            self.notes.append(REFITTED)
        return release

    @property
    def _at(self) -> int:
        return self.held_out.window.start_ms

    def _ask(self, model: NewsModel, folder: Path) -> IntArray:
        return self.ask(model, folder, self.held_out.truth.users, self.n, self._at)

    def _note(self, release: NewsModel) -> None:
        self.lacking = [name for name in self.held_out.segments if name not in release.segments]
        if self.lacking:
            self.notes.append(LACKING.format(", ".join(self.lacking)))
        if release.facts["data_end_ms"] > self.held_out.window.end_ms:
            self.notes.append(LATER)

    def _require_same_data(self, model: NewsModel, run_id: str) -> None:
        data = self.held_out.dataset
        found = (len(model.readers), len(model.catalog), model.facts["data_end_ms"])
        wanted = (data.n_users, data.n_articles, self._at)
        if found != wanted:
            raise RunError(
                f"run {run_id}: assembled for users, articles and T {found}, but the refined data has {wanted}.",
                fix="Run assemble again: --step assemble.",
            )


def _measured_models(context: Context, run_id: str) -> Path | None:
    """Where a run keeps its release as the gate saw it; None for a release that no run of a pipeline made."""
    try:
        return Run(context.run.root, run_id).folder("ranked") / "release"
    except InputError:  # an empty or foreign run id
        return None
