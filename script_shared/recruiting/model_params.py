"""Params of the recruiting models: encoders, index, ranking, match, evaluation."""

from typing import Literal

from pydantic import Field

from script_shared.params import Params

Library = Literal["lightgbm", "xgboost"]


class FieldWeights(Params):
    """How much the words of each field count in a vector; chosen on pairs from before the test on the real files."""

    title: float = Field(ge=0, description="title")
    skills: float = Field(ge=0, description="skills asked for or named")
    description: float = Field(ge=0, description="activities of a vacancy, or the CV")
    remarks: float = Field(ge=0, description="remarks of a vacancy")
    place: float = Field(ge=0, description="city, state and areas")


class EncoderParams(Params):
    """Texts to vectors."""

    kind: Literal["lsa", "static", "model2vec", "onnx", "sentence"] = Field(
        description="lsa: fitted on your texts; static: word vectors of a folder; model2vec: vectors of tokens; "
        "onnx: a sentence-transformers model as ONNX; sentence: a package with its weights"
    )
    path: str = Field(
        description="folder of static, model2vec or onnx; for the last two also a name on the Hugging Face Hub; empty "
        "for the other kinds"
    )
    tuning_epochs: int = Field(
        ge=0,
        le=20,
        description="passes over the pairs that fine-tune an onnx model with torch first; 0 leaves the model as it is",
    )
    width: int = Field(ge=8, le=1024, description="length of a vector before the projection")
    learnt_width: int = Field(ge=4, le=1024, description="length of a vector after the projection")
    max_terms: int = Field(ge=100, le=200_000, description="words, and letter runs, of the vocabularies")
    documents: int = Field(ge=100, description="most vacancies and CVs to learn the vocabularies from")
    pairs: int = Field(ge=100, description="most pairs to learn the projection from")
    cv_weight: float = Field(ge=0, description="weight of a pair of CV and vacancy against a pair of two vacancies")
    shrink: float = Field(gt=0, description="a larger value trusts single directions of the projection less")
    letter_weight: float = Field(ge=0, description="weight of the title's letter runs against all words")
    seed: int = Field(description="seed of draws and of the SVD")
    learn_weights: bool = Field(
        description="learn `weights` and `letter_weight` from vacancies that share a candidate, for lsa"
    )
    weights: FieldWeights


class IndexParams(Params):
    """Nearest neighbours."""

    kind: Literal["by_size", "exact", "usearch"] = Field(
        description="exact compares all vectors, usearch walks a graph; by_size chooses by `graph_from`"
    )
    graph_from: int = Field(ge=1, description="number of vectors from which by_size uses the graph")
    retrieved: int = Field(ge=10, le=5_000, description="nearest candidates that are ranked for a vacancy")


class RankerParams(Params):
    """LambdaRank over the features of pairs."""

    kind: Library = Field(
        description="library that grows the trees: lightgbm or xgboost; both give the same kind of release"
    )
    days: int = Field(ge=30, description="newest days of the applications that it learns from")
    cases: int = Field(ge=100, description="newest cases that it learns from, at most")
    negatives: int = Field(
        ge=5, description="open vacancies of a case besides the one applied to: half the nearest, half drawn"
    )
    trees: int = Field(ge=1, description="trees")
    learning_rate: float = Field(gt=0, description="learning rate")
    leaves: int = Field(ge=2, description="leaves of a tree")
    min_leaf: int = Field(ge=1, description="pairs that a leaf needs, with lightgbm")
    features: float = Field(gt=0, le=1, description="share of the features that a tree may use")
    penalty: float = Field(ge=0, description="L2 regularisation")
    seed: int = Field(description="seed")


class MatchParams(Params):
    """The match classifier: how likely an application ends in a hire."""

    kind: Library = Field(
        description="library that grows the trees: lightgbm or xgboost; both give the same kind of release"
    )
    hire_weight: float = Field(
        ge=0,
        le=1,
        description="how much more a hire weighs: 0 no more, 1 as much as all others together, "
        "0.5 the square root of that",
    )
    min_days: int = Field(ge=0, description="days after which an undecided application counts as not hired")
    trees: int = Field(ge=1, description="trees")
    learning_rate: float = Field(gt=0, description="learning rate")
    leaves: int = Field(ge=2, description="leaves of a tree")
    min_leaf: int = Field(ge=1, description="pairs that a leaf needs, with lightgbm")
    penalty: float = Field(ge=0, description="L2 regularisation")
    seed: int = Field(description="seed")


class EvaluationParams(Params):
    """The evaluation on the newest days."""

    days: int = Field(ge=1, description="newest days that are held out")
    resamples: int = Field(ge=0, description="resamples of the bootstrap, by case")
    cases: int = Field(ge=10, description="most cases to measure, drawn by seed")
    group_min: int = Field(ge=1, description="cases that a group needs to be judged")
    leak_alarm: float = Field(gt=0.5, le=1, description="AUC of a single feature above which a training stops")
