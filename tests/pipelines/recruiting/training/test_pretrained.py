"""Pretrained encoders in a training: found by folder or name, and stored in the release with their tokenizer."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines.recruiting.tables.reading import read_tables
from pipelines.recruiting.training.encoder_fit import fit_encoder, text_pairs
from pipelines.recruiting.training.fine_tuning import fine_tune
from pipelines.recruiting.training.pretrained import find_model
from pipelines.recruiting.training.records import data_of
from pipelines.use_case import Context
from script_shared.errors import InputError, SettingsError, SourceError
from script_shared.recruiting.ranking.matcher import Matcher
from tests.app.recruiting.releases import TINY
from tests.pipelines.recruiting.conftest import do, make_context
from tests.script_shared.recruiting.pretrained_models import model2vec_folder, onnx_folder

pytestmark = pytest.mark.slow


def test_a_release_has_the_model_that_it_was_trained_with(tmp_path: Path) -> None:
    folder = model2vec_folder(tmp_path / "model")
    wanted = ('encoder.kind = "model2vec"', f'encoder.path = "{folder}"', "encoder.learnt_width = 4")
    context = make_context(tmp_path, *(line for line in TINY if "learnt_width" not in line), *wanted)
    do(context, "landing", "refine", "train")
    for file in folder.iterdir():
        file.unlink()
    matcher = Matcher.load(context.run.read("trained"), "r1")
    assert matcher.parts.spaces.version.startswith("model2vec-")
    assert matcher.search("sap", "vacancies", 5)
    assert not list(context.run.read("trained").rglob("*.py"))


def test_a_model_is_a_folder_or_a_name_on_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = pytest.importorskip("huggingface_hub", reason="huggingface-hub is not installed")
    wanted: list[object] = []

    def download(name: str, allow_patterns: list[str]) -> str:
        wanted.extend([name, allow_patterns])
        if name == "nobody/nothing":
            raise OSError("401")
        return str(tmp_path)

    monkeypatch.setattr(hub, "snapshot_download", download)
    assert find_model(str(tmp_path)) == tmp_path
    assert wanted == []
    assert find_model("owner/a-model") == tmp_path
    assert wanted[0] == "owner/a-model"
    assert not [pattern for pattern in wanted[1] if pattern.endswith((".py", ".bin", ".pkl"))]  # type: ignore[attr-defined]
    with pytest.raises(SourceError, match="nobody/nothing"):
        find_model("nobody/nothing")
    for path in ("", "/no/such/folder", "a b/c"):
        with pytest.raises(InputError, match="not a folder"):
            find_model(path)


def test_pairs_of_texts_are_only_of_earlier_days(refined: Context) -> None:
    data = data_of(read_tables(refined.run.read("refined")))
    middle = int(sorted(data.day)[len(data.day) // 2])
    params = refined.params.encoder
    assert 0 < len(text_pairs(data, params, middle)) < len(text_pairs(data, params, int(data.day.max()) + 1))
    assert text_pairs(data, params, int(data.day.min())) == []
    assert all(one and other for one, other in text_pairs(data, params, middle))


def test_fine_tuning_without_torch_says_what_to_install(refined: Context, tmp_path: Path) -> None:
    try:
        import sentence_transformers  # noqa: F401
    except ImportError:
        data = data_of(read_tables(refined.run.read("refined")))
        given = {"kind": "onnx", "path": str(onnx_folder(tmp_path / "model")), "tuning_epochs": 1}
        with pytest.raises(SettingsError, match="recruiting-torch"):
            fit_encoder(data, refined.params.encoder.model_copy(update=given), int(data.day.max()))


@pytest.mark.parametrize("kind", ["own.Evil", "someone/model--own.Evil", "sentence_transformers.models.Dense"])
def test_fine_tuning_refuses_a_model_with_code_of_its_own(tmp_path: Path, kind: str) -> None:
    (tmp_path / "own.py").write_text("raise SystemExit('the code of a model ran')")
    (tmp_path / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": kind}]))
    params = SimpleNamespace(seed=1, tuning_epochs=1)
    with pytest.raises(InputError, match="cannot be fine-tuned"):
        fine_tune(tmp_path, [], params)  # type: ignore[arg-type]


@pytest.mark.slow
def test_fine_tuning_brings_pairs_together(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    library = pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    transformers = pytest.importorskip("transformers")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"w{n}" for n in range(40))]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    tokenizer = transformers.BertTokenizerFast(str(tmp_path / "vocab.txt"))
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    transformers.BertModel(transformers.BertConfig(vocab_size=len(words), **size)).save_pretrained(tmp_path / "bert")
    tokenizer.save_pretrained(tmp_path / "bert")
    transformer = library.models.Transformer(str(tmp_path / "bert"))
    pooling = library.models.Pooling(32)
    library.SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(tmp_path / "model"))
    pairs = [(f"w{n}", f"w{n + 20}") for n in range(20)] * 20
    found = fine_tune(tmp_path / "model", pairs, SimpleNamespace(seed=1, tuning_epochs=5))  # type: ignore[arg-type]
    left, right = (found.encode([{"title": pair[side]} for pair in pairs[:20]]) for side in (0, 1))
    assert ((left @ right.T).argmax(axis=1) == range(20)).mean() > 0.5
