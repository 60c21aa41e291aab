"""How far new data differ from those before: by column, with effect sizes and plain sentences; it knows no use case.

``compare`` takes two tables; ``windows_before`` chooses comparable earlier windows; ``section``
shows the result on a page; ``publish_drift`` writes a page, and figures for the API.
"""

from pipelines.drift.compare import Drift, combine, compare
from pipelines.drift.figures import SERVED, publish_drift, write_figures
from pipelines.drift.model import ModelFigures, model_figures
from pipelines.drift.page import page, section, verdict
from pipelines.drift.windows import Window, newest_window, windows_before

__all__ = [
    "SERVED",
    "Drift",
    "ModelFigures",
    "Window",
    "combine",
    "compare",
    "model_figures",
    "newest_window",
    "page",
    "publish_drift",
    "section",
    "verdict",
    "windows_before",
    "write_figures",
]
