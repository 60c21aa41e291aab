"""Params of serving, evaluation and release of the news models."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from script_shared.exploration.randomization import MOST, Randomization
from script_shared.params import Params


class SplitParams(Params):
    """The held-out window at the end of the data."""

    window_hours: float = Field(gt=0, description="hours of the window")
    use_validation_file: bool = Field(description="use validacao.csv instead, where the data has one")


class EvaluationParams(Params):
    """How candidates and references are measured on the held-out window."""

    batch_hours: float = Field(
        gt=0, description="hours of the window on which one list per user, made at its start, is measured"
    )
    cutoffs: list[Annotated[int, Field(gt=0)]] = Field(min_length=1, description="list lengths to measure")
    bootstrap_resamples: int = Field(ge=0, description="resamples for the 95 % intervals, by user")
    popularity_windows_hours: list[Annotated[float, Field(gt=0)]] = Field(
        min_length=1, description='hours before the split; one row "most read" for each'
    )
    max_users: int | None = Field(None, gt=0, description="held-out users to evaluate, drawn by seed; all when unset")
    replayed_clicks: int = Field(
        ge=0, description="clicks of the window to replay, drawn by seed from all segments alike; 0 for no replay"
    )
    seed: int = Field(description="seed of the bootstrap and of both draws")


class DriftParams(Params):
    """The newest window of reads, compared with earlier ones at the same hours of the day."""

    window_hours: float = Field(gt=0, description="hours of the window")


class TrustParams(Params):
    """How much a click counts for everybody. What a user has read is always noted in full."""

    clicks_per_hour: float = Field(
        20, gt=0, description="clicks that a user adds per hour at most; 1 hour of a user in 8,000 has more on a portal"
    )
    new_clicks_per_hour: float = Field(10, gt=0, description="the same for a new user; 1 hour in 300 has more than 8")
    new_hours: float = Field(
        6,
        ge=0,
        description="hours after the first click for which a user is new, unless a release has the user's group",
    )
    alone: float = Field(
        1, gt=0, description="clicks per hour that count without others: of a network, new users, or nameless clicks"
    )
    above_usual: float = Field(
        2, gt=0, description="beyond those, factor on what the others' clicks on the article let expect"
    )
    pair_seconds: float = Field(1, ge=0, description="seconds within which two clicks are not counted as read together")
    nameless: float = Field(0.25, ge=0, le=1, description="weight of a click without user and session")
    unsigned: float = Field(
        0.2, ge=0, le=1, description="weight of an unsigned click where PAUTA_UNSIGNED_EVENTS is discount"
    )
    unproven: float = Field(
        0.2, ge=0, le=1, description="weight of an impression that is neither signed nor from an answer of this service"
    )
    unproven_shown: int = Field(
        4, gt=0, description="such impressions that count against a user at most; keep it below serving.max_shown"
    )
    label_users: int = Field(
        20, gt=0, description="users who must send a region, device, os, referrer or section before it gets a group"
    )
    networks: int = Field(
        100_000, gt=0, description="counts of an article and a network kept at once; beyond, networks are not compared"
    )


class LiveParams(Params):
    """The live state, folded from events. These bounds limit its memory."""

    pace: int = Field(1, gt=0, description="factor on the windows' lengths; a release keeps its own")
    articles: int = Field(
        ge=16, description="articles alive at once: 24 bytes x articles^2 for what is read after what"
    )
    known_articles: int = Field(
        ge=16, description="articles remembered as read; beyond, the oldest that nobody reads are forgotten"
    )
    readers: int = Field(ge=10, description="users remembered; beyond, those not seen for longest are forgotten")
    reads_per_reader: int = Field(ge=64, le=60_000, description="latest reads remembered of a user")
    shown_readers: int = Field(ge=10, description="users whose impressions are remembered")
    candidates: int = Field(gt=0, description="candidates offered to the ranker for a request")
    trust: TrustParams = TrustParams()


class RandomizationParams(Params):
    """Draws the last places of lists by chance, with known probabilities, so that other orders can be estimated."""

    share: float = Field(0, ge=0, le=1, description="share of the lists whose last places are drawn; 0 draws none")
    places: int = Field(4, ge=1, le=10, description="last places of a list that are drawn")
    extra: int = Field(
        2, ge=0, le=10, description="articles after the end of the list that may get one of these places"
    )
    temperature: float = Field(
        3, ge=0.1, le=1000, description="ranks over which the weight of an article falls to 1/e; large draws all alike"
    )

    @model_validator(mode="after")
    def _few(self) -> "RandomizationParams":
        if self.places + self.extra > MOST:
            raise ValueError(f"places and extra together are at most {MOST}")
        return self

    @property
    def settings(self) -> Randomization | None:
        """As lists use them; None where nothing is drawn."""
        return Randomization(self.share, self.places, self.extra, self.temperature) if self.share > 0 else None


class ServingParams(Params):
    """Between the ranking and the answer."""

    segment_candidates: int = Field(ge=0, description="candidates from the segment's model")
    text_candidates: int = Field(ge=0, description="candidates from the words of posted articles")
    text_hours: float = Field(gt=0, description="hours x pace after publication in which words make a candidate")
    min_likeness: float = Field(
        gt=0, le=1, description="cosine with an article just read that an article without clicks needs"
    )
    min_vector_likeness: float = Field(
        0.6, gt=0, le=1, description="the same for vectors that a site sends; depends on their model"
    )
    min_tag_likeness: float = Field(0.3, gt=0, le=1, description="the same for the share of common tags")
    max_shown: int = Field(
        gt=0, description="impressions without a click after which an article is not shown to the user again"
    )
    trusted_clicks: list[Annotated[float, Field(ge=0)]] = Field(
        min_length=1,
        description="decayed clicks per hour from which the live order is used alone; below, it is mixed with the "
        "segment's list. A training tries all and keeps the best per segment; a single number overrules",
    )
    explore_slots: int = Field(ge=0, description="places at the end of a list for fresh articles; a request may differ")
    explore_hours: float = Field(gt=0, description="hours x pace after publication for which an article is fresh")
    seed: int = Field(description="seed of the draw of fresh articles")
    randomization: RandomizationParams = RandomizationParams()

    @field_validator("trusted_clicks", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        """One number, as in files from before there was a choice, is the only choice."""
        return value if isinstance(value, list) else [value]


class GateParams(Params):
    """The comparison with the best of the last releases and with windowed popularity, per segment."""

    metric: Literal["recall", "ndcg", "mrr", "hr"] = Field(description="metric to compare: recall, ndcg, mrr or hr")
    cutoff: int = Field(gt=0, description="its cutoff, one of evaluation.cutoffs")
    tolerance: float = Field(ge=0, lt=1, description="share of the reference's value by which a candidate may be worse")
    min_users: int = Field(ge=0, description="evaluated users that a segment needs to be judged")
    references: int = Field(
        ge=1, description="releases to compare with: the one in service, the best so far, earlier ones"
    )
    beats: list[Annotated[str, Field(pattern=r"^most_read_[1-9][0-9]*[mhd]$")]] = Field(
        description="rows of the replay that every segment must beat: most_read_ and a half-life in m, h or d"
    )


class ReleaseParams(Params):
    """What becomes a release, and how many are kept."""

    refit: bool = Field(
        description="fit the models of an accepted candidate again on all data; no gain was measured (docs/ranking.md)"
    )
    keep: int = Field(gt=0, description="releases that maintenance keeps, besides the one in service")
    keep_runs: int = Field(gt=0, description="runs that maintenance keeps")
    clock_max_lag_hours: float = Field(
        gt=0, description="hours; data older than that at training is history, and the release runs on data time"
    )
