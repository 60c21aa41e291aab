"""Params of the news pipeline's input: sources, and how refine treats their rows."""

from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from script_shared.params import Params


class Limit(Params):
    """What happens to a value above ``max``: the row is rejected, or the value is cut to ``max``."""

    max: float
    action: Literal["reject", "clip"]


class SampleParams(Params):
    """The generated source. Full scale: 577942 users, 255603 articles, 8123951 interactions, 45 days."""

    users: int = Field(gt=0, description="users to generate")
    articles: int = Field(gt=0, description="articles to generate")
    interactions: int = Field(gt=0, description="reads to generate")
    days: float = Field(gt=0, description="days that the reads span")
    seed: int = Field(description="seed of the generator")
    validation: bool = Field(description="also write validacao.csv: reads of the two days after the end")
    drift: float = Field(
        0, ge=0, le=1, description="how far the last day differs: reads of old articles of one topic; 0 for no drift"
    )


class GdriveParams(Params):
    """The challenge's zip on Google Drive."""

    file_id: str = Field(pattern=r"^[-\w]+$", description="id of the file on Google Drive")
    retries: int = Field(ge=0, description="retries after a broken connection; each resumes the download")


class ClickColumns(Params):
    """Your columns in files of clicks, such as user = "visitor_id"; "" finds a column by its name or content."""

    user: str = Field("", description="column of the user id")
    article: str = Field("", description="column of the article id")
    time: str = Field("", description="column of the time of the click")
    session: str = Field("", description="column of the visit's id")
    login: str = Field("", description="column that says whether the user was logged in")
    region: str = Field("", description="column of the user's region")
    device: str = Field("", description="column of the user's device")
    seconds: str = Field("", description="column of the time on the page")
    scroll: str = Field("", description="column of how far the page was scrolled")


class ArticleColumns(Params):
    """Your columns in files of articles, such as title = "headline"; "" finds a column by its name or content."""

    article: str = Field("", description="column of the article id")
    title: str = Field("", description="column of the title")
    text: str = Field("", description="column of the body")
    summary: str = Field("", description="column of the summary or caption")
    url: str = Field("", description="column of the address; section and region are read from it if need be")
    issued: str = Field("", description="column of the publication time")
    section: str = Field("", description="column of the section")
    region: str = Field("", description="column of the region that the article is about")


class FilesParams(Params):
    """Your own files (source ``files``). ``python -m pipelines check-data PATH`` proposes this section."""

    clicks_files: str = Field(description='names of the files of clicks, with * for any letters; "" detects them')
    articles_files: str = Field(description='names of the files of articles, with * for any letters; "" detects them')
    time_zone: str = Field(description="time zone of times without an offset, such as America/Sao_Paulo")
    seconds_unit: Literal["seconds", "milliseconds"] = Field(description="unit of time on page: seconds, milliseconds")
    scroll_unit: Literal["percent", "share"] = Field(description="unit of scrolling: percent, or share (0 to 1)")
    logged_values: list[str] = Field(description="values of the login column that mean logged in; [] for usual words")
    simulate_login: bool = Field(description="without a login column, draw who counts as logged in; figures say so")
    clicks: ClickColumns = ClickColumns()
    articles: ArticleColumns = ArticleColumns()

    @field_validator("time_zone")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be a time zone such as America/Sao_Paulo") from None
        return name


class EventsParams(Params):
    """Events of the log in the training data."""

    use: bool = Field(description="add clicks and posted articles of the event log; erased users are always left out")


class OutlierParams(Params):
    """Limits of a row's values. Above ``max``, reject the row (with its reason) or clip the value to ``max``."""

    reads_per_day: Limit = Field(description="reads of a user on a day (UTC); clip keeps the first, reject keeps none")
    robot_reads_per_day: float = Field(
        gt=0,
        description="mean reads per active day, from three days on, above which all reads of the user are rejected",
    )
    seconds_on_page: Limit = Field(description="seconds on the page; a page left open in a tab has more")
    scroll_percent: Limit = Field(description="percent of the page scrolled")
    clicks: Limit = Field(description="clicks on the page")
    page_visits: Limit = Field(description="visits of the same page")

    @model_validator(mode="before")
    @classmethod
    def _no_history_size(cls, values: Any) -> Any:
        if isinstance(values, dict) and "history_size" in values:
            raise ValueError(
                "history_size counted a user's reads whatever the time; it was replaced by reads_per_day (a limit per "
                "day) and robot_reads_per_day (a mean above it is a robot)"
            )
        return values


class EngagementParams(Params):
    """Weights of a read's engagement, which is the sum of weight x quantity."""

    minutes_log1p: float = Field(description="weight of log1p(minutes on the page)")
    clicks: float = Field(description="weight of log1p(clicks)")
    scroll: float = Field(description="weight of the share of the page scrolled, 0 to 1")
    page_visits: float = Field(description="weight of log1p(visits)")


class RefineParams(Params):
    """How raw rows become the refined tables."""

    outliers: OutlierParams
    engagement: EngagementParams
