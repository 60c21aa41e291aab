"""Static vectors of tokens in the format of model2vec: a document is the weighted mean of its tokens' vectors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from script_shared.arrays import FloatArray, load_array, save_arrays
from script_shared.errors import InputError, ReleaseCorruptError
from script_shared.recruiting.encoders.base import Document, whole_text
from script_shared.recruiting.encoders.tfidf import unit
from script_shared.recruiting.encoders.tokens import FILE, missing, read_tokenizer

TENSORS = "model.safetensors"
LONGEST_TEXT, LONGEST = 8_000, 1_000  # characters, and tokens, of a document that are read


@dataclass(frozen=True)
class Model2Vec:
    """A tokenizer and the vectors of its tokens.

    Attributes:
        tokens: the text of ``tokenizer.json``.
        vectors: float32 (tokens, width), each already multiplied by the token's weight; zeros for the unknown token.
    """

    tokens: str
    vectors: FloatArray
    tokenizer: Any = field(repr=False, compare=False)

    @classmethod
    def read(cls, folder: Path) -> "Model2Vec":
        """Read a folder with ``model.safetensors`` and ``tokenizer.json``, as model2vec saves it.

        Args:
            folder: of the pretrained model.

        Raises:
            InputError: a file is missing, or the files do not fit together.
            SettingsError: a package is not installed.
        """
        try:
            from safetensors import SafetensorError
            from safetensors.numpy import load_file
        except ImportError as error:
            raise missing("safetensors", error) from error
        try:
            tensors = load_file(folder / TENSORS)
            vectors = np.asarray(tensors["embeddings"], np.float32)
        except (OSError, KeyError, SafetensorError) as error:
            message = f"{folder}: no vectors in the format of model2vec ({error!r})."
            raise InputError(message, fix=f"Bring {TENSORS} and {FILE}.") from error
        tokenizer = read_tokenizer(folder / FILE)
        size = tokenizer.get_vocab_size()
        places = np.asarray(tensors.get("mapping", np.arange(size)), np.int64)
        weights = np.asarray(tensors.get("weights", np.ones(size)), np.float32)
        if vectors.ndim != 2 or len(places) != size or len(weights) != size or places.max(initial=0) >= len(vectors):
            raise InputError(f"{folder}: tokens and vectors differ in number.", fix="Save the model again.")
        scaled = vectors[places] * weights[:, None]
        unknown = getattr(tokenizer.model, "unk_token", None)
        if unknown is not None and tokenizer.token_to_id(unknown) is not None:
            scaled[tokenizer.token_to_id(unknown)] = 0.0
        return cls((folder / FILE).read_text(encoding="utf-8"), scaled, tokenizer)

    @property
    def width(self) -> int:
        """Numbers of a vector."""
        return int(self.vectors.shape[1])

    @property
    def version(self) -> str:
        """Digest of tokenizer and vectors."""
        digest = blake2b(self.tokens.encode(), digest_size=6)
        digest.update(np.ascontiguousarray(self.vectors).tobytes())
        return f"model2vec-{digest.hexdigest()}"

    def encode(self, documents: Sequence[Document]) -> FloatArray:
        """float32 (documents, width): rows of length 1, zeros for a document without a token that has a vector.

        Args:
            documents: texts by the name of their field.
        """
        texts = [whole_text(document)[:LONGEST_TEXT] for document in documents]
        ids = [each.ids[:LONGEST] for each in self.tokenizer.encode_batch(texts, add_special_tokens=False)]
        offsets = np.cumsum([0, *map(len, ids)])
        columns = [token for each in ids for token in each]
        counts = csr_array((np.ones(len(columns), np.float32), columns, offsets), shape=(len(ids), len(self.vectors)))
        return unit(counts @ self.vectors)

    def save(self, folder: Path) -> None:
        """Write it into the folder.

        Args:
            folder: made when missing.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(self.tokens, encoding="utf-8")
        save_arrays(folder, {"model2vec.vectors": self.vectors})

    @classmethod
    def load(cls, folder: Path) -> "Model2Vec":
        """Read it.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing, or the files do not fit together.
            SettingsError: the package of the tokenizer is not installed.
        """
        vectors = load_array(folder, "model2vec.vectors")
        try:
            tokenizer = read_tokenizer(folder / FILE)
        except InputError as error:
            raise ReleaseCorruptError(str(error), fix="Train it again.") from error
        if vectors.ndim != 2 or len(vectors) != tokenizer.get_vocab_size():
            raise ReleaseCorruptError(f"{folder}: tokens and vectors differ in number.", fix="Train it again.")
        return cls((folder / FILE).read_text(encoding="utf-8"), vectors, tokenizer)
