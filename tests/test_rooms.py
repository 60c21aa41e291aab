"""No folder of code is so full that its files have to be searched for."""

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST = 15


def test_no_folder_holds_more_than_fifteen_modules_side_by_side() -> None:
    files = [file for package in ("app", "pipelines", "script_shared") for file in (ROOT / package).rglob("*.py")]
    modules = Counter(str(file.parent.relative_to(ROOT)) for file in files if file.name != "__init__.py")
    full = {folder: count for folder, count in modules.items() if count > MOST}
    assert not full, f"docs/development.md (Where is what) shows how folders are divided: {full}"
