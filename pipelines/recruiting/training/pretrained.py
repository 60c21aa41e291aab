"""Finds pretrained encoders: a folder, or a name on the Hugging Face Hub."""

import re
from pathlib import Path

from script_shared.errors import InputError, SourceError
from script_shared.recruiting.encoders.tokens import missing

FILES = ["*.json", "*.safetensors", "model.onnx", "onnx/model.onnx"]  # never code
_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def find_model(path: str) -> Path:
    """The folder of a model; one on the hub is downloaded once and kept in the hub's cache.

    Args:
        path: a folder, or a name such as ``minishlab/potion-multilingual-128M``.

    Raises:
        InputError: it is neither a folder nor a name.
        SourceError: the hub is unreachable, or has no such model.
        SettingsError: the package that downloads is not installed.
    """
    folder = Path(path)
    if path and folder.is_dir():
        return folder
    if not _NAME.fullmatch(path):
        raise InputError(
            f"encoder.path {path!r} is not a folder.", fix="Name a folder, or a model on the hub: owner/name."
        )
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise missing("huggingface-hub", error) from error
    try:
        return Path(snapshot_download(path, allow_patterns=FILES))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"the model {path} cannot be downloaded ({type(error).__name__}).",
            fix="Check its name and the network, or name a local folder.",
        ) from error
