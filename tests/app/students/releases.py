"""A students release made by hand of arrays, so that its tests need the API's own packages alone."""

import json
from pathlib import Path

import numpy as np

from script_shared.arrays import IdIndex
from script_shared.students.features import RECORD, Ruler
from script_shared.students.members.logistic import Logistic
from script_shared.students.release_folder import CARD
from script_shared.students.risk_model import Calibration, RiskModel, Risks, Thresholds
from script_shared.students.store import Store

FEATURES = ("lag", "ida", "ieg")
ROWS = {  # by student the records: year, phase, ideal phase, ida, ieg, class
    "RA-1": [(2023, 2, 2, 7.0, 8.0, "2A"), (2024, 2, 3, 6.0, 7.0, "2A")],
    "RA-2": [(2024, 1, 3, 3.0, 2.0, "1B")],
    "RA-3": [(2024, 4, 4, 9.0, 9.5, "=4C")],
    "RA-4": [(2023, 4, 4, 9.0, 9.5, "4C")],
}


def make_release(folder: Path) -> Path:
    """A release whose chances follow lag, learning and engagement."""
    weights = np.array([[[-1.0, -0.4, -0.5], [-1.5, -0.4, -0.5]], [[-1.1, -0.3, -0.6], [-1.4, -0.5, -0.4]]])
    member = Logistic(np.array([-1.0, 6.0, 7.0]), np.ones(3), weights, np.array([[0.0, -2.0], [0.1, -2.1]]))
    model = RiskModel(
        features=FEATURES,
        ruler=Ruler(7, (0, 0, 1, 2)),
        typical=np.array([-1.0, 6.0, 7.0]),
        spread=np.array([[-2.0, 4.0, 5.0], [0.0, 8.0, 9.0]]),
        members={"logistic": member},
        calibration=Calibration(),
        thresholds=Thresholds(0.5, 0.5, 0.1),
        interval=0.8,
        facts={"years": [2023], "last_target_year": 2024, "students": 4, "rows": 5},
    )
    model.save(folder)
    _store(model).save(folder)
    (folder / CARD).write_text(json.dumps({"purpose": "made for a test"}), encoding="utf-8")
    return folder


def _store(model: RiskModel) -> Store:
    names = sorted({row[-1] for rows in ROWS.values() for row in rows})
    records = np.full((sum(map(len, ROWS.values())), len(RECORD)), np.nan, np.float32)
    labels = np.full((len(records), 3), -1, np.int32)
    offsets = np.concatenate([[0], np.cumsum([len(rows) for rows in ROWS.values()])]).astype(np.int64)
    for place, (year, phase, ideal, ida, ieg, group) in enumerate(row for rows in ROWS.values() for row in rows):
        given = {"year": year, "birth_year": 2012, "phase": phase, "ideal_phase": ideal, "lag": phase - ideal}
        for name, value in {**given, "ida": ida, "ieg": ieg}.items():
            records[place, RECORD.index(name)] = value
        labels[place, 2] = names.index(group)
    latest = records[offsets[1:] - 1].astype(float)
    risks = model.risks(model.matrix({name: latest[:, place] for place, name in enumerate(RECORD)}))
    kinds = {"gender": [], "school": [], "group": names}
    return Store(IdIndex.of(list(ROWS)), offsets, records, labels, kinds, Risks(**vars(risks)))
