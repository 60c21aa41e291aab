"""The data card's view of the site: how busy it is, and which settings follow from that."""

from typing import Any

from pipelines.report import Section, Table
from script_shared.news.params import NewsParams
from script_shared.news.site_profile import AUTO, BUSY, FAST, SiteProfile

SAID = {
    "days": "days from the first read to the last",
    "clicks_per_hour": "reads an hour",
    "users_per_day": "users a day",
    "life_hours": "half of the reads come within so many hours of publication",
    "last_hours": "95 % of them do",
    "pace": "live counts last so many times longer than on a busy portal",
    "window_hours": "hours at the end with enough reads and users to measure on",
    "window_users": "users in these hours",
}
BUSY_TEXT = "The site is busy, so every setting is the one found on busy portals, and no pace or window was measured."
SLOW_TEXT = (
    f"The site has fewer than {FAST:g} reads an hour. Settings that the params file leaves to the site follow from "
    "these numbers; docs/sites.md explains them."
)


def site_section(site: SiteProfile, params: NewsParams) -> Section:
    """The measurements of the site, and each setting beside that of a busy site.

    Args:
        params: those of the run, what the file leaves to the site put in.
    """
    measured = [
        [text, getattr(site, name)] for name, text in SAID.items() if not (site.fast and name == "window_users")
    ]
    values = params.model_dump()
    rows = [[key, _text(_at(values, key)), _text(rule(BUSY)), _origin(key, params)] for key, rule in AUTO.items()]
    tables = [
        Table(["what", "measured"], measured),
        Table(["setting", "here", "on a busy site", "from"], rows, "A number in the params file overrules the site's."),
    ]
    return Section("How busy the site is", BUSY_TEXT if site.fast else SLOW_TEXT, tables)


def _at(values: dict[str, Any], key: str) -> Any:
    for part in key.split("."):
        values = values[part]
    return values


def _origin(key: str, params: NewsParams) -> str:
    return "the site" if key in params.auto else "the params file"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value)
    return f"{value:g}" if isinstance(value, int | float) else str(value)
