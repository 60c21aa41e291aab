"""The news use case's params: their names, types and allowed ranges. ``params/news.toml`` holds the values."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from script_shared.news.site_profile import BUSY, SiteProfile, auto_keys, with_rules
from script_shared.params import FOLDER, Params

FILE = FOLDER / "news.toml"


class Limit(Params):
    """What happens to a value above ``max``: the row is rejected, or the value is cut to ``max``."""

    max: float
    action: Literal["reject", "clip"]


class SampleParams(Params):
    users: int = Field(gt=0)
    articles: int = Field(gt=0)
    interactions: int = Field(gt=0)
    days: float = Field(gt=0)
    seed: int
    validation: bool


class GdriveParams(Params):
    file_id: str = Field(pattern=r"^[-\w]+$")
    retries: int = Field(ge=0)


class ClickColumns(Params):
    """Columns of your files of clicks, by what they hold; "" where the name or the content tells."""

    user: str = ""
    article: str = ""
    time: str = ""
    session: str = ""
    login: str = ""
    region: str = ""
    device: str = ""
    seconds: str = ""
    scroll: str = ""


class ArticleColumns(Params):
    """The same of files of articles."""

    article: str = ""
    title: str = ""
    text: str = ""
    summary: str = ""
    url: str = ""
    issued: str = ""
    section: str = ""
    region: str = ""


class FilesParams(Params):
    """How the source ``files`` reads your own files."""

    clicks_files: str
    articles_files: str
    time_zone: str
    seconds_unit: Literal["seconds", "milliseconds"]
    scroll_unit: Literal["percent", "share"]
    logged_values: list[str]
    simulate_login: bool
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
    """Whether what the event log holds becomes part of the training data."""

    use: bool


class OutlierParams(Params):
    reads_per_day: Limit
    robot_reads_per_day: float = Field(gt=0)
    seconds_on_page: Limit
    scroll_percent: Limit
    clicks: Limit
    page_visits: Limit

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
    minutes_log1p: float
    clicks: float
    scroll: float
    page_visits: float


class RefineParams(Params):
    outliers: OutlierParams
    engagement: EngagementParams


class AlsParams(Params):
    factors: int = Field(gt=0)
    regularization: float = Field(ge=0)
    iterations: int = Field(gt=0)
    alpha: float = Field(gt=0)


class ContentParams(Params):
    max_terms: int = Field(gt=0)
    terms_per_article: int = Field(gt=0)
    body_characters: int = Field(ge=0)
    profile_half_life_hours: float = Field(gt=0)


class PopularityParams(Params):
    half_lives_hours: list[float] = Field(min_length=1)
    window_weights: list[float] = Field(min_length=1)
    recency_half_life_hours: float = Field(gt=0)
    recency_weight: float = Field(ge=0)


class LoggedParams(Params):
    als: AlsParams
    content: ContentParams
    collaborative_strengths: list[float] = Field(min_length=1)
    content_strengths: list[float] = Field(min_length=1)


class SemiLoggedParams(Params):
    window_days: float = Field(gt=0)
    cap_quantile: float = Field(gt=0, le=1)
    components: int = Field(gt=0)
    clusters: int = Field(gt=0)
    cluster_weight: float = Field(ge=0, le=1)
    shrinkage: float = Field(gt=0)
    cluster_strengths: list[float] = Field(min_length=1)


class PoolParams(Params):
    """Which articles are candidates at all."""

    max_age_hours: float = Field(gt=0)
    popular: int = Field(gt=0)
    recent: int = Field(gt=0)


class RehearsalParams(Params):
    """The last hours before training's moment, on which strengths are chosen."""

    hours: float = Field(gt=0)
    readers: int = Field(gt=0)


class ModelParams(Params):
    """The sections that say what the models are: a release keeps them, so that it serves as it was made."""

    pool: PoolParams
    rehearsal: RehearsalParams
    logged: LoggedParams
    semi_logged: SemiLoggedParams
    popularity: PopularityParams


class SplitParams(Params):
    window_hours: float = Field(gt=0)
    use_validation_file: bool


class RankingParams(Params):
    """When the pipeline fits what, and on how much of the data it trains the ranker."""

    hours: float = Field(gt=0)
    renew_hours: float = Field(gt=0)
    fold_days: float = Field(gt=0)
    requests: int = Field(gt=0)


class EvaluationParams(Params):
    batch_hours: float = Field(gt=0)
    cutoffs: list[Annotated[int, Field(gt=0)]] = Field(min_length=1)
    bootstrap_resamples: int = Field(ge=0)
    popularity_windows_hours: list[Annotated[float, Field(gt=0)]] = Field(min_length=1)
    max_users: int | None = Field(None, gt=0)
    replayed_clicks: int = Field(ge=0)
    seed: int


class GateParams(Params):
    metric: Literal["recall", "ndcg", "mrr", "hr"]
    cutoff: int = Field(gt=0)
    tolerance: float = Field(ge=0, lt=1)
    min_users: int = Field(ge=0)
    references: int = Field(ge=1)
    beats: list[Annotated[str, Field(pattern=r"^most_read_[1-9][0-9]*[mhd]$")]]


class ReleaseParams(Params):
    refit: bool
    keep: int = Field(gt=0)
    keep_runs: int = Field(gt=0)
    clock_max_lag_hours: float = Field(gt=0)


class TrustParams(Params):
    """How much a click counts for everybody, however it was sent."""

    clicks_per_hour: float = Field(20, gt=0)
    new_clicks_per_hour: float = Field(10, gt=0)
    new_hours: float = Field(6, ge=0)
    alone: float = Field(1, gt=0)
    above_usual: float = Field(2, gt=0)
    pair_seconds: float = Field(1, ge=0)
    nameless: float = Field(0.25, ge=0, le=1)
    unsigned: float = Field(0.2, ge=0, le=1)
    unproven: float = Field(0.2, ge=0, le=1)
    unproven_shown: int = Field(4, gt=0)
    label_users: int = Field(20, gt=0)
    networks: int = Field(100_000, gt=0)


class LiveParams(Params):
    """Bounds of the live state, and how many candidates it offers."""

    pace: int = Field(1, gt=0)
    articles: int = Field(ge=16)
    known_articles: int = Field(ge=16)
    readers: int = Field(ge=10)
    reads_per_reader: int = Field(ge=64, le=60_000)
    shown_readers: int = Field(ge=10)
    candidates: int = Field(gt=0)
    trust: TrustParams = TrustParams()


class RankerParams(Params):
    """How the ranker's rows are made and how it is trained."""

    train_days: float = Field(gt=0)
    requests: int = Field(gt=0)
    negatives: int = Field(gt=0)
    label: Literal["click", "engagement", "target"]
    trees: int = Field(gt=0)
    early_stopping: int = Field(ge=0)
    leaves: int = Field(gt=1)
    learning_rate: float = Field(gt=0)
    min_rows_in_leaf: int = Field(gt=0)
    feature_share: float = Field(gt=0, le=1)
    row_share: float = Field(gt=0, le=1)
    l2: float = Field(ge=0)
    bins: int = Field(gt=1)
    truncation: int = Field(gt=0)
    threads: int = Field(gt=0)
    seed: int


class ServingParams(Params):
    """What is done between ranking and answer."""

    segment_candidates: int = Field(ge=0)
    text_candidates: int = Field(ge=0)
    text_hours: float = Field(gt=0)
    min_likeness: float = Field(gt=0, le=1)
    min_vector_likeness: float = Field(0.6, gt=0, le=1)
    min_tag_likeness: float = Field(0.3, gt=0, le=1)
    max_shown: int = Field(gt=0)
    trusted_clicks: list[Annotated[float, Field(ge=0)]] = Field(min_length=1)
    explore_slots: int = Field(ge=0)
    explore_hours: float = Field(gt=0)
    seed: int

    @field_validator("trusted_clicks", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        """One number, as in files from before there was a choice, is the only choice."""
        return value if isinstance(value, list) else [value]


class NewsParams(Params):
    """Everything tuned in the news use case.

    Attributes:
        auto: settings that the file leaves to the site (``"auto"``); they hold what fits a busy portal until
            :func:`for_site` puts in what fits the site.
    """

    sample: SampleParams
    gdrive: GdriveParams
    files: FilesParams
    events: EventsParams
    refine: RefineParams
    split: SplitParams
    pool: PoolParams
    rehearsal: RehearsalParams
    logged: LoggedParams
    semi_logged: SemiLoggedParams
    popularity: PopularityParams
    evaluation: EvaluationParams
    live: LiveParams
    ranking: RankingParams
    ranker: RankerParams
    serving: ServingParams
    gate: GateParams
    releases: ReleaseParams
    auto: list[str] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _of_a_busy_site(cls, values: Any) -> Any:
        if not isinstance(values, dict) or not (keys := auto_keys(values)):
            return values
        return {**with_rules(values, keys, BUSY), "auto": keys}

    @property
    def model(self) -> ModelParams:
        """The sections that a release keeps."""
        return ModelParams(
            pool=self.pool,
            rehearsal=self.rehearsal,
            logged=self.logged,
            semi_logged=self.semi_logged,
            popularity=self.popularity,
        )


def for_site(params: NewsParams, site: SiteProfile) -> NewsParams:
    """The params with every setting that the file leaves to the site as this site asks for it."""
    return NewsParams.model_validate(with_rules(params.model_dump(), params.auto, site))
