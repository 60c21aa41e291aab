"""A sentence-transformers model as an ONNX graph, run by onnxruntime on one thread."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.errors import InputError, PautaError, ReleaseCorruptError
from script_shared.recruiting.encoders.base import Document, whole_text
from script_shared.recruiting.encoders.tfidf import unit
from script_shared.recruiting.encoders.tokens import FILE, missing, read_tokenizer

GRAPH, FACTS = "model.onnx", "onnx.json"
PLACES = (GRAPH, f"onnx/{GRAPH}")  # of the graph in a folder that the user provides
POOLINGS = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
LONGEST_TEXT, BATCH = 8_000, 32  # characters of a document that are read; documents run at once


@dataclass(frozen=True)
class Onnx:
    """The graph with its tokenizer.

    Attributes:
        graph, tokens: their files.
        pooling: how the vectors of tokens become one: mean, or cls, the first token's.
        longest: tokens of a document that are read.
    """

    graph: Path
    tokens: Path
    pooling: str
    longest: int
    session: Any = field(repr=False, compare=False)
    tokenizer: Any = field(repr=False, compare=False)
    version: str = field(default="", compare=False)

    @classmethod
    def read(cls, folder: Path) -> "Onnx":
        """Read ``model.onnx`` (or ``onnx/model.onnx``), ``tokenizer.json`` and the pooling's ``config.json``.

        Args:
            folder: of the pretrained model.

        Raises:
            InputError: a file is missing, or cannot be run.
            SettingsError: a package is not installed.
        """
        graph = next((folder / place for place in PLACES if (folder / place).is_file()), folder / GRAPH)
        pooling = _json(folder / "1_Pooling" / "config.json")
        modes = [
            POOLINGS.get(name, "") for name, chosen in pooling.items() if name.startswith("pooling_mode_") and chosen
        ]
        if modes not in ([], ["mean"], ["cls"]):
            raise InputError(f"{folder}: its pooling is not supported.", fix="Use a model with mean or cls pooling.")
        longest = int(_json(folder / "sentence_bert_config.json").get("max_seq_length") or 256)
        return cls.of(graph, folder / FILE, modes[0] if modes else "mean", longest)

    @classmethod
    def of(cls, graph: Path, tokens: Path, pooling: str, longest: int) -> "Onnx":
        """The model of these files.

        Args:
            graph: the ``.onnx`` file.
            tokens: ``tokenizer.json``.
            pooling: how the vectors of the tokens become one, such as ``mean``.
            longest: tokens of a text at most; the rest is cut off.

        Raises:
            InputError: a file is missing, or cannot be run.
            SettingsError: a package is not installed.
        """
        try:
            from onnxruntime import InferenceSession, SessionOptions
        except ImportError as error:
            raise missing("onnxruntime", error) from error
        if not graph.is_file():
            raise InputError(f"{graph.parent}: no {GRAPH}.", fix="Export the model to ONNX, as one file.")
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            session = InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise InputError(f"{graph}: the graph cannot be run ({error}).", fix="Export it again.") from error
        digest = blake2b(f"{pooling} {longest}".encode(), digest_size=6)
        for file in (graph, tokens):
            digest.update(file.read_bytes() if file.is_file() else b"")
        return cls(graph, tokens, pooling, longest, session, read_tokenizer(tokens), f"onnx-{digest.hexdigest()}")

    @property
    def width(self) -> int:
        """Numbers of a vector."""
        return int(self.session.get_outputs()[0].shape[-1])

    def encode(self, documents: Sequence[Document]) -> FloatArray:
        """float32 (documents, width): rows of length 1, zeros for a document without text.

        Args:
            documents: texts by the name of their field.
        """
        texts = [whole_text(document)[:LONGEST_TEXT] for document in documents]
        found = np.zeros((len(texts), self.width), np.float32)
        filled = sorted((place for place, text in enumerate(texts) if text.strip()), key=lambda at: len(texts[at]))
        for start in range(0, len(filled), BATCH):
            places = filled[start : start + BATCH]
            found[places] = self._run([texts[place] for place in places])
        return unit(found)

    def _run(self, texts: list[str]) -> FloatArray:
        ids = [each.ids[: self.longest] for each in self.tokenizer.encode_batch(texts)]
        shape = (len(ids), max(max(map(len, ids)), 1))
        given = {"input_ids": np.zeros(shape, np.int64), "attention_mask": np.zeros(shape, np.int64)}
        for row, each in enumerate(ids):
            given["input_ids"][row, : len(each)] = each
            given["attention_mask"][row, : len(each)] = 1
        given["token_type_ids"] = np.zeros(shape, np.int64)
        wanted = {each.name for each in self.session.get_inputs()}
        output = self.session.run(None, {name: value for name, value in given.items() if name in wanted})[0]
        if output.ndim == 2:  # pooled already
            return np.asarray(output, np.float32)
        if self.pooling == "cls":
            return np.asarray(output[:, 0], np.float32)
        mask = given["attention_mask"][:, :, None].astype(np.float32)
        mean: FloatArray = (output * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1.0)
        return mean

    def save(self, folder: Path) -> None:
        """Write it into the folder.

        Args:
            folder: made when missing; both files are copied into it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.graph, folder / GRAPH)
        shutil.copyfile(self.tokens, folder / FILE)
        (folder / FACTS).write_text(json.dumps({"pooling": self.pooling, "longest": self.longest}), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Onnx":
        """Read it.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing, or cannot be run.
            SettingsError: a package is not installed.
        """
        try:
            facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            return cls.of(folder / GRAPH, folder / FILE, str(facts["pooling"]), int(facts["longest"]))
        except (OSError, ValueError, KeyError, TypeError, InputError) as error:
            reason = str(error) if isinstance(error, PautaError) else f"{folder / FACTS}: not readable."
            raise ReleaseCorruptError(reason, fix="Train it again.") from error


def _json(file: Path) -> dict[str, Any]:
    """A JSON object, empty without such a file.

    Raises:
        InputError: it is not a JSON object.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except ValueError as error:
        raise InputError(f"{file}: not JSON.", fix="Save the model again.") from error
    if not isinstance(found, dict):
        raise InputError(f"{file}: not a JSON object.", fix="Save the model again.")
    return found
