"""A params file with numbers so small that a whole run takes seconds."""

import re
from pathlib import Path

from script_shared.news.params import FILE

NUMBERS = {
    "sample.users": "1_500",
    "sample.articles": "500",
    "sample.interactions": "15_000",
    "sample.days": "4",
    "logged.als.factors": "8",
    "logged.als.iterations": "3",
    "logged.content.max_terms": "2_000",
    "evaluation.bootstrap_resamples": "20",
    "ranker.trees": "20",
    "ranking.requests": "300",
    "evaluation.replayed_clicks": "60",
    "gate.beats": "[]",
    "gate.tolerance": "0.99",  # the gate accepts whatever it is shown
}


def write_tiny_params(folder: Path) -> Path:
    """The params of the package with the numbers above; returns the new file."""
    text = FILE.read_text(encoding="utf-8")
    for key, value in NUMBERS.items():
        section, name = key.rsplit(".", 1)
        line = rf"(?ms)(^\[{re.escape(section)}\](?:(?!^\[).)*?^{name} = )\S+"
        text, count = re.subn(line, rf"\g<1>{value}", text)
        assert count == 1, f"{key} stands {count} times in {FILE.name}"
    file = folder / "tiny.toml"
    file.write_text(text, encoding="utf-8")
    return file
