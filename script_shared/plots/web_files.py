"""The files that draw plots: Chartist 1.5.0 (MIT) as it is published, and what this service adds to it."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "web"
SCRIPTS = ("chartist.js", "plots.js")
STYLE = "plots.css"


@cache
def web_text(name: str) -> str:
    """The text of a script or style, for pages that load nothing from anywhere.

    Args:
        name: of a file in the folder of this module.
    """
    return (FOLDER / name).read_text(encoding="utf-8")
