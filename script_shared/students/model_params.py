"""Params of the students' model and of the search for it: their names, types and allowed ranges."""

from typing import Any, Literal, cast

from pydantic import Field, ValidationError, field_validator, model_validator

from script_shared.params import Params
from script_shared.students.feature_names import check_features

Kind = Literal["logistic", "forest", "lightgbm", "xgboost"]
Type = Literal["mean", "logistic", "forest", "lightgbm", "xgboost"]
MEAN = "mean"
Metric = Literal["macro_f1", "ap_critical", "auc_critical", "auc_lagging"]
Costs = tuple[float, float, float]


class LogisticParams(Params):
    """The logistic regression."""

    strength: float = Field(gt=0, description="inverse of the regularisation (C), on standardised features")
    ordinal: bool = Field(
        description="one set of weights with a cut each for lagging and critical (proportional odds); false: two sets"
    )


class ForestParams(Params):
    """The random forest."""

    trees: int = Field(gt=0, le=500, description="trees of each replicate")
    min_leaf: int = Field(gt=0, description="students that a leaf needs")
    max_leaves: int = Field(ge=2, description="leaves of a tree at most")
    rows: int = Field(ge=100, description="rows drawn for each tree at most")
    columns: float = Field(gt=0, le=1, description="share of the features that a split may choose from")


class LightgbmParams(Params):
    """LightGBM, monotone: better marks and indices never raise the risk."""

    trees: int = Field(gt=0, description="trees")
    learning_rate: float = Field(gt=0, description="learning rate")
    leaves: int = Field(ge=2, description="leaves of a tree")
    min_leaf: int = Field(gt=0, description="students that a leaf needs")
    penalty: float = Field(ge=0, description="L2 regularisation")


class XgboostParams(Params):
    """XGBoost, monotone: better marks and indices never raise the risk."""

    trees: int = Field(gt=0, le=2_000, description="trees")
    learning_rate: float = Field(gt=0, le=1, description="learning rate")
    depth: int = Field(ge=1, le=12, description="depth of a tree")
    min_weight: float = Field(ge=0, description="weight (of the second derivative) that a leaf needs")
    penalty: float = Field(ge=0, description="L2 regularisation")
    rows: float = Field(gt=0, le=1, description="share of the students drawn for each tree")
    columns: float = Field(gt=0, le=1, description="share of the features drawn for each tree")


class ModelParams(Params):
    """The model: one type, or the mean of several."""

    type: Type = Field(description="logistic, forest, lightgbm, xgboost, or mean: the mean of `members`")
    params: dict[str, bool | int | float] = Field(
        {}, description="values that overrule those of the type's own table below, such as `{trees = 50}`"
    )
    features: list[str] = Field(min_length=1, description="features, of those in `features.py`")
    members: list[Kind] = Field(min_length=1, description="what `mean` averages")
    class_weights: Costs = Field(
        description="weights of expected, alert and critical students in the fits; calibration uses the plain shares"
    )
    replicates: int = Field(
        ge=2,
        le=200,
        description="refits on resampled students; their mean is the prediction, their spread the interval",
    )
    students: int = Field(ge=100, description="students drawn for each refit, and for calibration, at most")
    folds: int = Field(ge=2, le=20, description="folds by student, for calibration and thresholds")
    seed: int = Field(description="seed of all draws")
    logistic: LogisticParams
    forest: ForestParams
    lightgbm: LightgbmParams
    xgboost: XgboostParams

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of models whose mean is the prediction."""
        return list(self.members) if self.type == MEAN else [cast(Kind, self.type)]

    def of(self, kind: Kind) -> Any:
        """The params of a kind, with those of ``params`` where it is the model's type.

        Args:
            kind: of a member, such as ``logistic``.

        Raises:
            ValueError: ``params`` has a value that the kind does not know or allow.
        """
        table: Params = getattr(self, kind)
        if kind != self.type or not self.params:
            return table
        try:
            return type(table).model_validate(table.model_dump() | self.params)
        except ValidationError as error:
            first = error.errors()[0]
            raise ValueError(f"params of {kind}: {first['loc'][0]}: {first['msg']}") from None

    @field_validator("class_weights")
    @classmethod
    def _above_zero(cls, weights: Costs) -> Costs:
        if min(weights) <= 0:
            raise ValueError("must be above zero")
        return weights

    @field_validator("features")
    @classmethod
    def _check_names(cls, names: list[str]) -> list[str]:
        check_features(names)
        return names

    @model_validator(mode="after")
    def _members_once(self) -> "ModelParams":
        if len(set(self.members)) < len(self.members):
            raise ValueError("members: each may be named once")
        if self.type == MEAN and self.params:
            raise ValueError("params: only of one type; the mean has none of its own")
        for kind in self.kinds:
            self.of(kind)
        return self


class SearchParams(Params):
    """The search for type and params of the model, on the training years alone; the best one is the candidate."""

    trials: int = Field(ge=0, le=10_000, description="tries in all, those of earlier runs included; 0 searches nothing")
    seconds: float = Field(gt=0, description="total seconds of the tries of all runs, after which no new try begins")
    metric: Metric = Field(description="metric that decides the best try, by cross-validation")
    types: list[Type] = Field(min_length=1, description="types to choose from")
    features: list[list[str]] = Field(description="lists of features to choose from, besides `model.features`")
    critical_weight: float = Field(ge=1, description="largest weight of critical students to try")
    replicates: int = Field(ge=2, description="refits of a try in each fold")
    repeats: int = Field(ge=1, description="repeats of the cross-validation; a poor try is ended after any of them")

    @field_validator("features")
    @classmethod
    def _check_lists(cls, lists: list[list[str]]) -> list[list[str]]:
        for names in lists:
            check_features(names)
        return lists
