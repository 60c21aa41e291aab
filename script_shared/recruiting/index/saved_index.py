"""The exact index as files of a release: vectors, ids, tags, and the encoder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from script_shared.arrays import FloatArray, IdIndex, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.recruiting.index.base import Tags

FACTS = "index.json"
TAGS = "tags.jsonl"


class SavedIndex(NamedTuple):
    """What the files hold.

    Attributes:
        encoder: name of the encoder of the vectors.
        vectors: float (entries, width), each of length 1.
        ids: of the entries, in the order of the rows.
        tags: of each entry, in the same order.
    """

    encoder: str
    vectors: FloatArray
    ids: Sequence[str]
    tags: Sequence[Tags]


def write_index(folder: Path, index: SavedIndex) -> None:
    """Write the files.

    Args:
        folder: made when missing.
        index: what to write.
    """
    save_arrays(folder, {"vectors": index.vectors})
    IdIndex.of(index.ids).save(folder, "ids")
    (folder / TAGS).write_text("".join(json.dumps(tags) + "\n" for tags in index.tags), "utf-8")
    (folder / FACTS).write_text(json.dumps({"encoder": index.encoder, "width": index.vectors.shape[1]}), "utf-8")


def read_index(folder: Path) -> SavedIndex:
    """Read the files; the vectors are mapped into memory.

    Args:
        folder: where the index was saved.

    Raises:
        ReleaseCorruptError: a file is missing, or they do not fit together.
    """
    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
        tags: list[Tags] = list(map(json.loads, (folder / TAGS).read_text("utf-8").splitlines()))
        encoder, width = str(facts["encoder"]), int(facts["width"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseCorruptError(f"{folder}: not a readable index.", fix="Train it again.") from error
    vectors, ids = load_array(folder, "vectors"), IdIndex.load(folder, "ids").ids.tolist()
    if vectors.shape != (len(ids), width) or len(tags) != len(ids):
        raise ReleaseCorruptError(f"{folder}: ids and vectors differ in number.", fix="Train it again.")
    return SavedIndex(encoder, vectors, ids, tags)
