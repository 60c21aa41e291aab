"""Loads releases of the students use case."""

import asyncio
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.erased_people import ErasedPeople, ErasedRows
from app.students.access_log import AccessLog
from app.students.online_risks import OnlineRisks
from app.use_case import Parts, ReleaseLoader
from script_shared.errors import ReleaseCorruptError
from script_shared.params import load_params
from script_shared.releases import Manifest
from script_shared.storage.tables import tables_address
from script_shared.students.database.access_record import AccessRecord
from script_shared.students.database.feature_store import FeatureStore
from script_shared.students.erasure import person_name
from script_shared.students.features import RECORD
from script_shared.students.model import StudentsModel
from script_shared.students.params import FILE, StudentsParams
from script_shared.students.release_folder import CARD


@dataclass(frozen=True)
class StudentsRelease:
    """A loaded release, its risks, its students who were erased since, and the access record."""

    model: StudentsModel
    erased: ErasedPeople
    erased_rows: ErasedRows
    access: AccessLog
    online: OnlineRisks
    card: dict[str, Any]


class StudentsLoader(ReleaseLoader[StudentsRelease]):
    """Args:
    erased: who was erased.
    access: where looks at students are written.
    features: gets the students of each release that is loaded; None where the release's own arrays answer.
    refuse_missing: whether a record that lacks a feature is refused.
    """

    def __init__(
        self,
        erased: ErasedPeople,
        access: AccessLog,
        features: FeatureStore | None = None,
        *,
        refuse_missing: bool = False,
    ) -> None:
        self._erased, self._access, self._features = erased, access, features
        self._refuse_missing = refuse_missing
        self._preparing: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, parts: Parts) -> "StudentsLoader":
        """The loader of a running service."""
        params = load_params(StudentsParams, parts.settings.of("students").params_file or FILE)
        access = AccessLog(AccessRecord(tables_address(parts.settings, "students")))
        own = parts.settings.of("students").database_uri
        features = FeatureStore(own.get_secret_value()) if own else None
        return cls(
            ErasedPeople(parts.log, person_name),
            access,
            features,
            refuse_missing=params.decision.missing == "refuse",
        )

    def load(self, folder: Path, manifest: Manifest, *, without: Collection[str] = ()) -> StudentsRelease:
        """Load a release and have it answer once.

        Raises:
            ReleaseCorruptError: a file is missing or damaged, or the answer is no chance.
            UnavailableError: the online feature store cannot be written, or the erasures cannot be read.
        """
        model = StudentsModel.load(folder, manifest.version, refuse_missing=self._refuse_missing)
        answer = model.of_record(dict.fromkeys(RECORD, 0.0))
        if not 0 <= answer.probabilities["critical"] <= 1 or model.of_student(model.store.ids.ids[0]) is None:
            raise ReleaseCorruptError(f"{folder}: its answers are not probabilities.", fix="Train it again.")
        self._write_features(manifest.version, model)
        rows = ErasedRows(self._erased, model.store.ids.ids.tolist())
        online = OnlineRisks(model, self._features)
        return StudentsRelease(model, self._erased, rows, self._access, online, _card(folder))

    def _write_features(self, version: str, model: StudentsModel) -> None:
        """Write a release's students into the store, and delete those who were erased while it was written.

        An erasure is logged before it deletes rows: it deletes what was written until then, and is seen here after
        that.
        """
        if self._features is None:
            return
        self._features.write(version, model.store, self._erased.digests())
        ids = model.store.ids.ids.tolist()
        for place in self._erased.among(ids, self._erased.digests()):
            self._features.erase(ids[place])

    async def take_over(self, loaded: StudentsRelease) -> None:
        """Begin to compute the reasons of the students, beside requests."""
        if self._preparing is not None:
            self._preparing.cancel()
        self._preparing = asyncio.create_task(loaded.online.prepare())

    def card(self, loaded: StudentsRelease) -> dict[str, Any]:
        """Counts and the model card."""
        return {"students": len(loaded.model.store), "card": loaded.card}


def _card(folder: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReleaseCorruptError(f"{folder / CARD}: not a readable model card.", fix="Train it again.") from error
    return card
