"""Fits the encoder and its projections on vacancies, CVs and pairs from before a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines.recruiting.training.field_weights import learnt_weights
from pipelines.recruiting.training.fine_tuning import fine_tune
from pipelines.recruiting.training.pretrained import find_model
from pipelines.recruiting.training.records import Data
from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.recruiting.encoders.base import Document, Encoder, whole_text
from script_shared.recruiting.encoders.lsa import Lsa
from script_shared.recruiting.encoders.model2vec import Model2Vec
from script_shared.recruiting.encoders.onnx import Onnx
from script_shared.recruiting.encoders.projection import Projection, pairs_within
from script_shared.recruiting.encoders.sentence import Sentence
from script_shared.recruiting.encoders.spaces import Spaces, TextSpaces
from script_shared.recruiting.encoders.static import Static
from script_shared.recruiting.model_params import EncoderParams


@dataclass(frozen=True)
class EncodedData:
    """Vectors of all vacancies and candidates before a projection.

    Attributes:
        vacancies, candidates: float32 (n, width) of whole texts.
        vacancy_titles, candidate_titles: of titles alone.
    """

    encoder: Encoder
    vacancies: Float32s
    vacancy_titles: FloatArray
    candidates: Float32s
    candidate_titles: FloatArray

    def spaces(self, found: TextSpaces) -> tuple[Spaces, Spaces]:
        """Of vacancies and of candidates the vectors in every space."""
        return (
            found.project(self.vacancies, self.vacancy_titles, found.projection),
            found.project(self.candidates, self.candidate_titles, found.candidate_projection),
        )


def fit_encoder(data: Data, params: EncoderParams, until: int) -> Encoder:
    """Learn the encoder, or read one that was trained elsewhere.

    Args:
        until: days since 1970-01-01; nothing of that day or later is used.

    Raises:
        InputError: the folder of a pretrained encoder cannot be read.
        SettingsError: a package that it needs is not installed.
    """
    if params.kind != "lsa":
        return _load_pretrained(data, params, until)
    vacancies = [each.document for each in data.vacancies if each.asked_on < until]
    people = np.unique(data.candidate[data.day < until])
    cvs = [data.candidates[row].document for row in people.tolist() if not data.candidates[row].is_blank]
    draw = np.random.default_rng(params.seed)
    chosen = [*_some(vacancies, params.documents // 2, draw), *_some(cvs, params.documents // 2, draw)]
    weights, letter_weight = params.weights.model_dump(), params.letter_weight
    if params.learn_weights:
        weights, letter_weight = learnt_weights(data, params, until)
    return Lsa.fit(
        chosen,
        width=params.width,
        max_terms=params.max_terms,
        weights=weights,
        letter_weight=letter_weight,
        seed=params.seed,
    )


def _load_pretrained(data: Data, params: EncoderParams, until: int) -> Encoder:
    if params.kind == "static":
        return Static.read(Path(params.path))
    if params.kind == "sentence":
        return Sentence()
    folder = find_model(params.path)
    if params.kind == "model2vec":
        return Model2Vec.read(folder)
    return fine_tune(folder, text_pairs(data, params, until), params) if params.tuning_epochs else Onnx.read(folder)


def text_pairs(data: Data, params: EncoderParams, until: int) -> list[tuple[str, str]]:
    """Texts that belong together: of two vacancies that share a candidate, of a CV and a vacancy applied to.

    Args:
        until: days since 1970-01-01; no application of that day or later is used.
    """
    left, right, _, who, what = _pairs(data, params, until, np.array([not each.is_blank for each in data.candidates]))
    vacancies = [whole_text(each.document) for each in data.vacancies]
    of_vacancies = [
        (vacancies[one], vacancies[other]) for one, other in zip(left.tolist(), right.tolist(), strict=True)
    ]
    cvs = zip(who.tolist(), what.tolist(), strict=True)
    return of_vacancies + [(whole_text(data.candidates[row].document), vacancies[other]) for row, other in cvs]


def _pairs(
    data: Data, params: EncoderParams, until: int, with_text: npt.NDArray[np.bool_]
) -> tuple[IntArray, IntArray, FloatArray, IntArray, IntArray]:
    """Rows of vacancies that belong together, with weights, and of candidates and vacancies that belong together."""
    seen = data.day < until
    candidate, vacancy = data.candidate[seen], data.vacancy[seen]
    draw = np.random.default_rng(params.seed)
    left, right, weight = pairs_within(candidate, vacancy)
    if len(left) > params.pairs:
        kept = draw.permutation(len(left))[: params.pairs]
        left, right, weight = left[kept], right[kept], weight[kept]
    with_cv = draw.permutation(np.flatnonzero(with_text[candidate]))[: params.pairs // 2]
    return left, right, weight, candidate[with_cv], vacancy[with_cv]


def _some(documents: Sequence[Document], most: int, draw: np.random.Generator) -> list[Document]:
    if len(documents) <= most:
        return list(documents)
    return [documents[place] for place in draw.permutation(len(documents))[:most].tolist()]


def encode_all(data: Data, encoder: Encoder) -> EncodedData:
    """Encode all texts and titles once.

    Args:
        data: all records.
        encoder: fitted, or pretrained.
    """
    sides = []
    for records in (data.vacancies, data.candidates):
        documents = [each.document for each in records]
        sides += [encoder.encode(documents), _encode_titles(encoder, [each["title"] for each in documents])]
    return EncodedData(encoder, *sides)


def _encode_titles(encoder: Encoder, titles: Sequence[str]) -> Float32s:
    """float32 (titles, width); each different title is encoded once, because many records have the same."""
    places = {title: place for place, title in enumerate(dict.fromkeys(titles))}
    vectors = encoder.encode([{"title": title} for title in places])
    return vectors[[places[title] for title in titles]]


def project(data: Data, encoded: EncodedData, until: int, params: EncoderParams) -> TextSpaces:
    """Learn the projections from vacancies that share a candidate, and from CVs and the vacancies applied to.

    Args:
        until: days since 1970-01-01; no application of that day or later is used.
    """
    left, right, weight, who, what = _pairs(data, params, until, np.any(encoded.candidates, axis=1))
    middle = _mean(encoded.vacancies, data.vacancy[data.day < until])
    cv_middle = _mean(encoded.candidates, who) if len(who) else middle
    first = np.concatenate([encoded.vacancies[left] - middle, encoded.candidates[who] - cv_middle])
    second = np.concatenate([encoded.vacancies[right] - middle, encoded.vacancies[what] - middle])
    weights = np.concatenate([weight, np.full(len(who), params.cv_weight)])
    if not weights.sum() > 0:
        plain = Projection(middle, np.eye(len(middle), dtype=np.float32))
        return TextSpaces(encoded.encoder, plain, plain)
    found = Projection.fit(first, second, weights, width=params.learnt_width, shrink=params.shrink)
    of_texts, of_cvs = ((found.mean + each).astype(np.float32) for each in (middle, cv_middle))
    return TextSpaces(encoded.encoder, Projection(of_texts, found.matrix), Projection(of_cvs, found.matrix))


def _mean(vectors: FloatArray, rows: IntArray) -> FloatArray:
    unique = np.unique(rows)
    if not len(unique):
        return np.zeros(vectors.shape[1], np.float32)
    mean: FloatArray = vectors[unique].mean(axis=0).astype(np.float32)
    return mean
