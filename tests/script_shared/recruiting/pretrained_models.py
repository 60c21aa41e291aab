"""Tiny pretrained models: five tokens, a vector of four numbers each."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

TOKENS = ["[UNK]", "spring", "java", "sap", "sql"]
VECTORS = np.array([[9, 9, 9, 9], [0.9, 0, 0, 0.1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], np.float32)


def tokenizer_json(tokens: Sequence[str] = TOKENS) -> str:
    """A tokenizer of whole words in lower case."""
    model = {"type": "WordLevel", "vocab": {token: at for at, token in enumerate(tokens)}, "unk_token": "[UNK]"}
    nothing = dict.fromkeys(("truncation", "padding", "post_processor", "decoder"))
    parts = {"normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"}}
    return json.dumps({"version": "1.0", "added_tokens": [], **nothing, **parts, "model": model})


def model2vec_folder(
    folder: Path, weights: Sequence[float] | None = None, mapping: Sequence[int] | None = None
) -> Path:
    """A model as model2vec saves it."""
    numpy_tensors = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed")
    pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    folder.mkdir(exist_ok=True, parents=True)
    tensors = {"embeddings": VECTORS}
    if weights is not None:
        tensors["weights"] = np.asarray(weights, np.float32)
    if mapping is not None:
        tensors["mapping"] = np.asarray(mapping, np.int64)
    numpy_tensors.save_file(tensors, folder / "model.safetensors")
    (folder / "tokenizer.json").write_text(tokenizer_json(), encoding="utf-8")
    (folder / "config.json").write_text(json.dumps({"model_type": "model2vec", "normalize": True}), encoding="utf-8")
    return folder


def onnx_folder(folder: Path, pooling: str = "pooling_mode_mean_tokens") -> Path:
    """A graph that looks up the vector of each token, in a folder as sentence-transformers has it."""
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    helper, kinds = onnx.helper, onnx.TensorProto
    (folder / "1_Pooling").mkdir(parents=True)
    names = ("input_ids", "attention_mask")
    given = [helper.make_tensor_value_info(name, kinds.INT64, ["texts", "tokens"]) for name in names]
    output = helper.make_tensor_value_info("vectors", kinds.FLOAT, ["texts", "tokens", 4])
    table = onnx.numpy_helper.from_array(VECTORS, "table")
    node = helper.make_node("Gather", ["table", "input_ids"], ["vectors"])
    graph = helper.make_graph([node], "tokens", given, [output], [table])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    (folder / "tokenizer.json").write_text(tokenizer_json(), encoding="utf-8")
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({pooling: True, "pooling_mode_max_tokens": False}))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 128}))
    return folder
