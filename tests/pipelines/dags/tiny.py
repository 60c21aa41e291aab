"""A params file with numbers so small that a whole run takes seconds."""

import re
from pathlib import Path

from script_shared.news.params import FILE

NUMBERS = {
    "users": "1_500",
    "articles": "500",
    "interactions": "15_000",
    "days": "4",
    "factors": "8",
    "iterations": "3",
    "max_terms": "2_000",
    "bootstrap_resamples": "20",
    "tolerance": "0.99",  # the gate accepts whatever it is shown
}


def write_tiny_params(folder: Path) -> Path:
    """The params of the package with the numbers above; returns the new file."""
    text = FILE.read_text(encoding="utf-8")
    for key, value in NUMBERS.items():
        text, count = re.subn(rf"(?m)^{key} = \S+", f"{key} = {value}", text)
        assert count == 1, f"{key} stands {count} times in {FILE.name}"
    file = folder / "tiny.toml"
    file.write_text(text, encoding="utf-8")
    return file
