"""Plots of reports, pages and documentation: a table of numbers that one script draws."""

from script_shared.plots.markup import PlotWords, figure, spark
from script_shared.plots.numbers import number
from script_shared.plots.plot import Plot, Series, is_missing
from script_shared.plots.web_files import SCRIPTS, STYLE, web_text

__all__ = ["SCRIPTS", "STYLE", "Plot", "PlotWords", "Series", "figure", "is_missing", "number", "spark", "web_text"]
