"""Texts as vectors of an encoder that is not the release's own, as they are and after a learnt projection."""

from collections.abc import Mapping

import numpy as np

from pipelines.recruiting.training.encoder_fit import EncodedData, project
from pipelines.recruiting.training.records import Data
from script_shared.arrays import FloatArray
from script_shared.recruiting.encoders.base import Encoder
from script_shared.recruiting.params import RecruitingParams


def vectors_of(data: Data, encoder: Encoder) -> EncodedData:
    """Vectors of the texts; titles are not needed here."""
    sides = []
    for records in (data.vacancies, data.candidates):
        filled = np.asarray([any(each.document.values()) for each in records])
        found = np.zeros((len(records), encoder.width), np.float32)
        found[filled] = encoder.encode([each.document for each, some in zip(records, filled, strict=True) if some])
        sides.append(found)
    return EncodedData(encoder, sides[0], sides[0], sides[1], sides[1])


def learnt_sides(
    data: Data, encoded: EncodedData, first: int, params: RecruitingParams
) -> Mapping[str, tuple[FloatArray, FloatArray]]:
    """Both sides after a projection that learnt from the days before ``first``."""
    spaces = project(data, encoded, first, params.encoder)
    learnt = (spaces.projection.apply(encoded.vacancies), spaces.candidate_projection.apply(encoded.candidates))
    return {"learnt": learnt}
