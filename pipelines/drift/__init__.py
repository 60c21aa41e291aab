"""How far new data differ from those before: by column, with effect sizes and plain sentences; it knows no use case.

``compare`` takes two tables; ``section`` shows the result on a page; ``write_figures`` leaves it for the API's gauges.
"""

from pipelines.drift.compare import Drift, compare
from pipelines.drift.figures import write_figures
from pipelines.drift.page import page, section

__all__ = ["Drift", "compare", "page", "section", "write_figures"]
