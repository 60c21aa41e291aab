"""Weights of fields are learnt from vacancies that share a candidate, and are never below zero."""

import numpy as np

from pipelines.recruiting.training.encoder_fit import fit_encoder
from pipelines.recruiting.training.field_weights import learnt_weights
from pipelines.recruiting.training.records import Data
from script_shared.params import load_params
from script_shared.recruiting.encoders.lsa import Lsa
from script_shared.recruiting.params import FILE, RecruitingParams
from script_shared.recruiting.records import Candidate, Vacancy

PARAMS = load_params(RecruitingParams, FILE, ["encoder.learn_weights = true", "encoder.width = 16"]).encoder
SKILLS = ("java", "sap", "redes", "vendas", "dados", "testes")


def planted(candidates: int) -> Data:
    """Candidates apply twice to vacancies of one skill; titles say half of it, remarks say nothing."""
    draw = np.random.default_rng(1)
    kinds = draw.integers(0, len(SKILLS), 240)
    noise = [" ".join(draw.choice(["alfa", "beta", "gama", "delta", "omega"], 3)) for _ in kinds]
    vacancies = [
        Vacancy(
            str(row), row, f"analista {SKILLS[kind] if row % 2 else 'pleno'}", skills=SKILLS[kind], remarks=noise[row]
        )
        for row, kind in enumerate(kinds.tolist())
    ]
    pairs = [draw.choice(np.flatnonzero(kinds == kinds[row]), 2, replace=False) for row in range(candidates)]
    return Data(
        vacancies=vacancies,
        candidates=[Candidate(str(row)) for row in range(candidates)],
        candidate=np.repeat(np.arange(candidates), 2),
        vacancy=np.concatenate(pairs),
        day=np.full(2 * candidates, 300),
        updated=np.full(2 * candidates, -1),
        grade=np.full(2 * candidates, -1),
    )


def test_the_field_that_decides_weighs_more_than_one_of_noise() -> None:
    weights, letters = learnt_weights(planted(200), PARAMS, 301)
    assert weights["title"] == 1
    assert weights["skills"] > 2 * weights["remarks"]
    assert min(weights.values()) >= 0
    assert letters >= 0
    encoder = fit_encoder(planted(200), PARAMS, 301)
    assert isinstance(encoder, Lsa)
    assert encoder.weights == weights


def test_too_few_pairs_leave_the_values_of_the_params() -> None:
    assert learnt_weights(planted(20), PARAMS, 301) == (PARAMS.weights.model_dump(), PARAMS.letter_weight)
