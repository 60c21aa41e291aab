"""The compose file, with its defaults filled in."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docker-compose.yml"
OURS = [ROOT / "docker" / name for name in ("api.Dockerfile", "airflow.Dockerfile")]
DEFAULT = re.compile(r"\$\{\w+:-((?:[^{}]|\$\{[^{}]*\})*)\}")


def filled(text: str) -> str:
    """The text with every setting at its default."""
    before = ""
    while before != text:
        before, text = text, DEFAULT.sub(r"\1", text)
    return text.replace("$$", "$")


SERVICES: dict[str, Any] = yaml.safe_load(filled(FILE.read_text(encoding="utf-8")))["services"]
