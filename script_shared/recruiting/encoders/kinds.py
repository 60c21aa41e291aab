"""The kinds of encoders that a release may hold."""

from collections.abc import Callable
from pathlib import Path

from script_shared.errors import ReleaseCorruptError
from script_shared.recruiting.encoders.base import Encoder
from script_shared.recruiting.encoders.lsa import Lsa
from script_shared.recruiting.encoders.model2vec import Model2Vec
from script_shared.recruiting.encoders.onnx import Onnx
from script_shared.recruiting.encoders.sentence import Sentence
from script_shared.recruiting.encoders.static import Static

KINDS: dict[str, Callable[[Path], Encoder]] = {
    "lsa": Lsa.load,
    "static": Static.load,
    "sentence": Sentence.load,
    "model2vec": Model2Vec.load,
    "onnx": Onnx.load,
}


def load_encoder(kind: str, folder: Path) -> Encoder:
    """Read an encoder.

    Args:
        kind: such as ``lsa``, see ``KINDS``.
        folder: of the encoder's files in the release.

    Raises:
        ReleaseCorruptError: there is no such kind, or its files are damaged.
    """
    if kind not in KINDS:
        raise ReleaseCorruptError(f"{folder}: no encoder {kind!r} in this version.", fix="Train it again.")
    return KINDS[kind](folder)
