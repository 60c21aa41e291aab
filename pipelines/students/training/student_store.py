"""The students as the release holds them: all their records, and the risk of the latest."""

import numpy as np
import polars as pl

from pipelines.students.tables.gold import columns_in
from script_shared.arrays import Float32s, FloatArray, IdIndex, Int32s
from script_shared.students.explanation.reasons import effects_of, factors_of
from script_shared.students.features import RECORD
from script_shared.students.risk_model import RiskModel, Risks
from script_shared.students.store import KINDS, UNKNOWN, Store

CHUNK = 20_000  # students whose risks are computed at once
EXPLAINED = 2_000  # students whose reasons are computed here, of the newest year and the highest risk first


def store_of(table: pl.DataFrame, model: RiskModel) -> Store:
    """The store of a gold table."""
    rows = table.sort("ra", "year")
    ids = rows["ra"].unique(maintain_order=True)
    sizes = rows.group_by("ra", maintain_order=True).len()["len"].to_numpy()
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    records = np.stack([columns_in(rows)[name] for name in RECORD], axis=1).astype(np.float32)
    names, codes = {}, []
    for kind in KINDS:
        names[kind] = sorted(rows[kind].drop_nulls().unique().to_list())
        codes.append(_codes(rows[kind], names[kind]))
    latest = records[offsets[1:] - 1]
    risks, labels = _risks(latest, model), np.stack(codes, axis=1)
    effects = _effects(latest.astype(float), risks, model)
    return Store(IdIndex.of(ids.to_list()), offsets, records, labels, names, risks, effects)


def _codes(column: pl.Series, names: list[str]) -> Int32s:
    places = pl.DataFrame({"name": names, "place": range(len(names))}, schema={"name": pl.String, "place": pl.Int32})
    joined = column.to_frame("name").join(places, on="name", how="left", maintain_order="left")
    codes: Int32s = joined["place"].fill_null(UNKNOWN).to_numpy()
    return codes


def _risks(records: FloatArray, model: RiskModel) -> Risks:
    parts = []
    for start in range(0, len(records), CHUNK):
        chunk = records[start : start + CHUNK].astype(float)
        parts.append(model.risks(model.matrix({name: chunk[:, place] for place, name in enumerate(RECORD)})))
    return Risks(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("chances", "low", "high")))


def _effects(records: FloatArray, risks: Risks, model: RiskModel) -> Float32s:
    """float32 (students, factors): of the students who are read most, nan of all others."""
    features = model.matrix({name: records[:, place] for place, name in enumerate(RECORD)})
    found = np.full((len(records), len(factors_of(model))), np.nan, np.float32)
    for place in np.lexsort((-risks.chances[:, 1], -records[:, RECORD.index("year")]))[:EXPLAINED]:
        found[place] = effects_of(model, features[place])
    return found
