"""Params of the news models: candidates, the segments' recommenders, and the ranker."""

from typing import Literal

from pydantic import Field

from script_shared.params import Params


class PoolParams(Params):
    """Which articles are candidates."""

    max_age_hours: float = Field(gt=0, description="hours since publication after which an article is expired")
    popular: int = Field(gt=0, description="candidates by decayed counts")
    recent: int = Field(gt=0, description="candidates by publication, newest first")


class RehearsalParams(Params):
    """The last hours before the moment of training, on which strengths are chosen by NDCG@10."""

    hours: float = Field(gt=0, description="hours to choose the strengths on")
    readers: int = Field(gt=0, description="users of the segment at most, drawn by seed")


class AlsParams(Params):
    """Implicit ALS."""

    factors: int = Field(gt=0, description="length of a vector")
    regularization: float = Field(ge=0, description="regularisation of the vectors")
    iterations: int = Field(gt=0, description="iterations of the fit")
    alpha: float = Field(gt=0, description="confidence of a read is 1 + alpha x engagement")


class ContentParams(Params):
    """TF-IDF of the articles' texts."""

    max_terms: int = Field(gt=0, description="terms of the vocabulary")
    terms_per_article: int = Field(gt=0, description="strongest terms kept of an article")
    body_characters: int = Field(ge=0, description="characters of the body that are read, from its beginning")
    profile_half_life_hours: float = Field(gt=0, description="half-life of a read in a user's profile, in hours")


class LoggedParams(Params):
    """Users who log in: popularity + sum of strength x part, each part standardised over the pool."""

    als: AlsParams
    content: ContentParams
    collaborative_strengths: list[float] = Field(
        min_length=1, description="strengths of ALS to try; the first is used where there is nothing to try on"
    )
    content_strengths: list[float] = Field(min_length=1, description="strengths of the text to try, likewise")


class SemiLoggedParams(Params):
    """Returning users who do not log in: popularity + strength x what the user's cluster adds to it."""

    window_days: float = Field(gt=0, description="days of behaviour that clusters are made of")
    cap_quantile: float = Field(gt=0, le=1, description="quantile at which behaviour values are cut")
    components: int = Field(gt=0, description="components of the PCA")
    clusters: int = Field(gt=0, description="clusters of KMeans")
    cluster_weight: float = Field(ge=0, le=1, description="share of the cluster's own popularity against everybody's")
    shrinkage: float = Field(
        gt=0, description="reads by which a cluster's count is drawn towards its taste for the section and region"
    )
    cluster_strengths: list[float] = Field(
        min_length=1, description="strengths to try; the first is used where there is nothing to try on"
    )


class PopularityParams(Params):
    """Popularity: log1p(sum of weight x decayed count) + recency weight x 2^(-age / half-life)."""

    half_lives_hours: list[float] = Field(min_length=1, description="half-lives of the counts, in hours")
    window_weights: list[float] = Field(min_length=1, description="weight of each of these counts")
    recency_half_life_hours: float = Field(gt=0, description="half-life of the recency term, in hours")
    recency_weight: float = Field(ge=0, description="weight of the recency term")


class ModelParams(Params):
    """The sections that define the models. A release keeps them, so that it serves as it was trained."""

    pool: PoolParams
    rehearsal: RehearsalParams
    logged: LoggedParams
    semi_logged: SemiLoggedParams
    popularity: PopularityParams


class RankingParams(Params):
    """The data that the ranker learns on in the pipeline: clicks that the segments' models have not seen."""

    hours: float = Field(
        gt=0, description="hours before the held-out window that the ranker learns on and the models do not"
    )
    renew_hours: float = Field(
        gt=0, description="hours after which counts and histories of the models are renewed in these windows"
    )
    fold_days: float = Field(gt=0, description="days of reads before those hours that the live state folds")
    requests: int = Field(gt=0, description="clicks to learn on at most, drawn by seed")


class RankerParams(Params):
    """LightGBM LambdaRank, trained on requests of the last days before the moment of training."""

    train_days: float = Field(gt=0, description="days of requests; early stopping is judged on the last sixth")
    requests: int = Field(gt=0, description="requests at most, drawn by seed")
    negatives: int = Field(gt=0, description="candidates kept beside the one that was read, drawn by seed")
    label: Literal["click", "engagement", "target"] = Field(
        description="weight of a request: click for equal weights, engagement, or target"
    )
    trees: int = Field(gt=0, description="trees at most")
    early_stopping: int = Field(ge=0, description="trees without a better MRR before training stops; 0 for never")
    leaves: int = Field(gt=1, description="leaves of a tree")
    learning_rate: float = Field(gt=0, description="learning rate")
    min_rows_in_leaf: int = Field(gt=0, description="rows that a leaf needs")
    feature_share: float = Field(gt=0, le=1, description="share of the features drawn for each tree")
    row_share: float = Field(gt=0, le=1, description="share of the rows drawn for each tree")
    l2: float = Field(ge=0, description="L2 regularisation")
    bins: int = Field(gt=1, description="bins of a feature")
    truncation: int = Field(gt=0, description="positions that the loss considers")
    net_units: int = Field(
        ge=0, description="units of the network that is added to the trees; 0, or below 2000 requests, for none"
    )
    threads: int = Field(gt=0, description="threads of the training")
    seed: int = Field(description="seed of training and of all draws")
