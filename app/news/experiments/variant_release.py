"""A release as a variant serves it: with other params, without the ranker or the editors' rules, or another one."""

from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from app.news.releases.news_release import NewsRelease
from script_shared.errors import RequestError
from script_shared.experiments.experiment import Experiment, Variant
from script_shared.news.params import ServingParams
from script_shared.news.ranking.mixing import Mixing
from script_shared.news.rules.withholding import WithholdingRules
from script_shared.news.serving.recommender import LiveRecommender

CHOICE = "trusted_clicks"  # a release chooses it by segment; a variant that sets it overrules the choice


def variant_release(base: NewsRelease, variant: Variant) -> NewsRelease:
    """What answers for a variant; it shares the state and the arrays of the release.

    Args:
        base: the release in service, or the one that the variant names.
        variant: what differs.

    Raises:
        RequestError: a param of the variant does not exist or has an invalid value.
    """
    if not variant.params and variant.ranker and variant.rules:
        return base
    of = base.recommender
    params = override_params(of.params, variant.params)
    recommender = LiveRecommender(
        of.model,
        of.newsroom,
        of.ranker if variant.ranker else None,
        params,
        clock=of.clock,
        mixing=Mixing.default(params) if CHOICE in variant.params else of.mixing,
        missing=tuple(part for part in of.missing if variant.ranker or part != "ranker"),
        rules=of.rules if variant.rules else WithholdingRules(of.rules),
    )
    return replace(base, recommender=recommender)


def override_params(params: ServingParams, changes: dict[str, Any]) -> ServingParams:
    """The params of serving with those that a variant sets.

    Raises:
        RequestError: one does not exist or has an invalid value; the message names it.
    """
    try:
        return ServingParams.model_validate(_over(params.model_dump(), changes))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise RequestError(
            f"the param {name} cannot be set by a variant: {first['msg']}.",
            fix="Use the params of [serving] in docs/configuration.md.",
        ) from None


def check_variants(experiment: Experiment, params: ServingParams) -> None:
    """Check that news can serve the variants.

    Args:
        experiment: whose variants are checked.
        params: that the variants change.

    Raises:
        RequestError: it cannot; the message says why.
    """
    for variant in experiment.variants:
        override_params(params, variant.params)


def _over(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Values with changes; a table inside keeps what its changes leave out."""
    found = dict(values)
    for name, value in changes.items():
        inner = found.get(name)
        found[name] = _over(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return found
