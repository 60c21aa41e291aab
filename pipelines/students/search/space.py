"""What a search may choose from: types, their params, features, and the weight of critical students."""

from collections.abc import Callable
from typing import Any

from script_shared.students.model_params import MEAN, ModelParams, SearchParams

Draw = dict[str, bool | int | float]


def proposal(trial: Any, model: ModelParams, wanted: SearchParams) -> ModelParams:
    """The model's params with what a trial of Optuna chose.

    Args:
        trial: an ``optuna.Trial``.
        model: what is not searched stays as it is here.
    """
    kind = trial.suggest_categorical("type", list(wanted.types))
    critical = trial.suggest_float("critical_weight", 1.0, wanted.critical_weight, log=True)
    sets = [list(model.features), *map(list, wanted.features)]
    features = sets[trial.suggest_categorical("features", list(range(len(sets))))]
    params = {} if kind == MEAN else SPACES[kind](trial)
    return change_params(model, {"type": kind, "params": params, "features": features, "critical_weight": critical})


def change_params(model: ModelParams, choice: dict[str, Any]) -> ModelParams:
    """The params with a choice: type, params, features, and the weight of critical students."""
    expected, alert, _ = model.class_weights
    values = model.model_dump() | {name: choice[name] for name in ("type", "params", "features")}
    return ModelParams.model_validate(values | {"class_weights": (expected, alert, choice["critical_weight"])})


def choice_of(model: ModelParams) -> dict[str, Any]:
    """What ``change_params`` takes, as JSON values."""
    chosen = model.model_dump(include={"type", "params", "features"})
    return chosen | {"critical_weight": model.class_weights[2]}


def _logistic(trial: Any) -> Draw:
    return {
        "strength": trial.suggest_float("logistic.strength", 0.005, 10, log=True),
        "ordinal": trial.suggest_categorical("logistic.ordinal", [False, True]),
    }


def _forest(trial: Any) -> Draw:
    return {
        "min_leaf": trial.suggest_int("forest.min_leaf", 2, 30),
        "max_leaves": trial.suggest_int("forest.max_leaves", 8, 256, log=True),
        "columns": trial.suggest_float("forest.columns", 0.2, 1.0),
    }


def _lightgbm(trial: Any) -> Draw:
    return {
        "trees": trial.suggest_int("lightgbm.trees", 30, 300, log=True),
        "learning_rate": trial.suggest_float("lightgbm.learning_rate", 0.01, 0.2, log=True),
        "leaves": trial.suggest_int("lightgbm.leaves", 3, 16),
        "min_leaf": trial.suggest_int("lightgbm.min_leaf", 5, 60),
        "penalty": trial.suggest_float("lightgbm.penalty", 0.1, 30, log=True),
    }


def _xgboost(trial: Any) -> Draw:
    return {
        "trees": trial.suggest_int("xgboost.trees", 30, 300, log=True),
        "learning_rate": trial.suggest_float("xgboost.learning_rate", 0.01, 0.3, log=True),
        "depth": trial.suggest_int("xgboost.depth", 1, 5),
        "min_weight": trial.suggest_float("xgboost.min_weight", 1, 20, log=True),
        "penalty": trial.suggest_float("xgboost.penalty", 0.1, 30, log=True),
        "rows": trial.suggest_float("xgboost.rows", 0.5, 1.0),
        "columns": trial.suggest_float("xgboost.columns", 0.4, 1.0),
    }


SPACES: dict[str, Callable[[Any], Draw]] = {
    "logistic": _logistic,
    "forest": _forest,
    "lightgbm": _lightgbm,
    "xgboost": _xgboost,
}
