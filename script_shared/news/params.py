"""The news use case's params: names, types, ranges and descriptions. ``params/news.toml`` holds the values."""

from typing import Any

from pydantic import Field, model_validator

from script_shared.news.data_params import (
    EngagementParams,
    EventsParams,
    FilesParams,
    GdriveParams,
    Limit,
    OutlierParams,
    RefineParams,
    SampleParams,
)
from script_shared.news.model_params import (
    LoggedParams,
    ModelParams,
    PoolParams,
    PopularityParams,
    RankerParams,
    RankingParams,
    RehearsalParams,
    SemiLoggedParams,
)
from script_shared.news.serving_params import (
    DriftParams,
    EvaluationParams,
    GateParams,
    LiveParams,
    ReleaseParams,
    ServingParams,
    SplitParams,
    TrustParams,
)
from script_shared.news.site_profile import BUSY, SiteProfile, auto_keys, with_rules
from script_shared.params import FOLDER, Params
from script_shared.params.loop import AnsweringMonitoringParams, GuardParams

__all__ = [
    "FILE",
    "EngagementParams",
    "FilesParams",
    "Limit",
    "LiveParams",
    "LoggedParams",
    "ModelParams",
    "NewsParams",
    "OutlierParams",
    "PoolParams",
    "PopularityParams",
    "RankerParams",
    "RefineParams",
    "SampleParams",
    "ServingParams",
    "TrustParams",
    "for_site",
]
FILE = FOLDER / "news.toml"


class NewsParams(Params):
    """All params of the news use case.

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
    drift: DriftParams
    monitoring: AnsweringMonitoringParams
    guard: GuardParams
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
    """The params with every ``"auto"`` setting replaced by the site's value.

    Args:
        params: as read from the params file.
        site: how much is read on the site, and how long articles live.
    """
    return NewsParams.model_validate(with_rules(params.model_dump(), params.auto, site))
