"""Params of the loop that runs itself: when a training starts, and when a release is rolled back; for all use cases."""

from pydantic import Field

from script_shared.params import Params


class MonitoringParams(Params):
    """When a training starts by itself; the gate decides about its release as always."""

    every_minutes: int = Field(ge=1, le=59, description="minutes between two looks")
    on_drift: bool = Field(description="whether large drift of data that no training has used yet starts one")
    max_age_hours: float = Field(ge=0, description="age of the release in service that starts a training; 0 for never")
    cool_down_hours: float = Field(ge=0, description="hours between two trainings that this starts")
    per_day: int = Field(ge=0, description="trainings within 24 hours that this starts at most; 0 starts none")


class AnsweringMonitoringParams(MonitoringParams):
    """The same of a use case whose answers are compared with earlier ones."""

    on_answers_drift: bool = Field(
        description="whether large drift of what the release in service answers starts a training, once for a release"
    )


class GuardParams(Params):
    """The live guard: the release in service, compared with popularity and with the release before."""

    act: bool = Field(description="whether a worse release is rolled back; if not, it only raises an alert")
    alpha: float = Field(
        gt=0, lt=0.5, description="probability that a release within its tolerances is ever found worse"
    )
    tolerance: float = Field(
        ge=0, lt=1, description="hit rate that the release may lack compared with popularity of the last hour"
    )
    tolerance_before: float = Field(
        ge=0, lt=1, description="lead over popularity that it may lack compared with the release before"
    )
    least_clicks: int = Field(ge=1, description="clicks before the first verdict")
    train_below: float = Field(
        ge=-1, le=1, description="lead over popularity below which, for sure, a training starts; -1 for never"
    )
    cool_down_hours: float = Field(ge=0, description="hours after a rollback by the guard without another one")
    reach_hours: float = Field(ge=1, description="hours of clicks before a look that count as popular or read")
    reference_days: int = Field(ge=1, description="last days of the release before that it is compared with")
