"""Fits the segments' models again on all data after the gate, so that the release has seen the newest hours.

Measured is the release that the gate saw: models fitted until R, a ranker that learned from R to T, reads of the window
held out. Refit changes the models alone. The ranker, the segments it serves and the mixing stay as they were judged: it
learned beside models that had not seen its clicks, and after the refit models have not seen the clicks to come either.
"""

import json
from pathlib import Path
from time import perf_counter
from typing import Any

from pipelines.news.as_of import snapshot_of, utc
from pipelines.news.clock_choice import clock_choice
from pipelines.news.site import settle_params
from pipelines.news.training.assemble import note_site, put_together
from pipelines.news.training.engine import engine_facts, training_dataset
from pipelines.news.training.segments import members_of
from pipelines.raw_files.links import link_tree, sizes
from pipelines.use_case import Context
from script_shared.news.model import NewsModel
from script_shared.news.params import NewsParams
from script_shared.news.ranking.mixing import FILE as MIXING
from script_shared.news.segments import SEGMENTS
from script_shared.news.serving.loading import POSITION
from script_shared.news.state.audiences import REGIONS
from script_shared.news.state.state_io import load_state, save_state

OFF = "releases.refit is off"
REFUSED = "the gate refused the candidate"
MARK = "The models were fitted again on all data after the gate; figures are those of the models before that."


def refit(context: Context) -> dict[str, Any]:
    """Reads refined, ranked and gated; writes refitted/<run>, with ``release`` where the models were fitted again.

    Args:
        context: the run, its settings, params and options.

    Returns:
        ``refit``: whether they were, and ``why_not``; ``fitted_until``, ``measured_until``: the moment until which the
        models that go live, and those that were measured, were fitted.

    Raises:
        RunError: the run is not gated yet.
        ReleaseError: the release made does not load or gives a wrong answer.
    """
    params: NewsParams = settle_params(context).params
    why_not = OFF if not params.releases.refit else REFUSED if not context.run.facts("gated").get("accepted") else ""
    with context.run.write("refitted") as (folder, facts):
        facts["refit"] = not why_not
        if why_not:
            facts["why_not"] = why_not
        else:
            started = perf_counter()
            facts |= _write_release(context, params, folder / "release")
            facts["seconds"] = round(perf_counter() - started, 2)
    return dict(facts)


def release_of(context: Context) -> Path:
    """The folder to publish: the refitted release, or the one that the gate judged."""
    run = context.run
    if run.complete("refitted") and run.facts("refitted")["refit"]:
        return run.read("refitted") / "release"
    return run.read("ranked") / "release"


def _write_release(context: Context, params: NewsParams, out: Path) -> dict[str, Any]:
    """Write the release fitted again."""
    ranked = context.run.read("ranked") / "release"
    with training_dataset(context, "refitted") as data:
        snapshot = snapshot_of(data, data.end_ms)
        fitted = {s.name: s.recommender.fit(snapshot, members_of(snapshot, s.name), params.model) for s in SEGMENTS}
        put_together(fitted, data, data.end_ms, out, params.model, clock=clock_choice(context, data.end_ms))
        until = {"fitted_until": utc(data.end_ms), "measured_until": context.run.facts("ranked").get("fitted_until")}
    note_site(out, context, params)
    _mark(out, {**until, "figures": MARK})
    _take_live_part(ranked, out, params)
    NewsModel.load(out, context.run.run_id).check()
    return {**until, **engine_facts(context)}


def _mark(release: Path, facts: dict[str, Any]) -> None:
    """Record in ``model.json`` that the figures belong to the earlier fit."""
    path = release / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "refit": facts}, indent=2), "utf-8")


def _take_live_part(ranked: Path, out: Path, params: NewsParams) -> None:
    """Ranker, mixing and live state; clicks counted by cluster are of the clusters before, so they begin at none."""
    if (ranked / "ranker").is_dir():
        link_tree(ranked / "ranker", out / "ranker", sizes(ranked / "ranker"))
    state = load_state(ranked / "live", params.live)
    state.counts.trends.clear_groups(REGIONS)
    save_state(state, out / "live")
    for name in (MIXING, POSITION):
        if (ranked / "live" / name).is_file():
            (out / "live" / name).write_bytes((ranked / "live" / name).read_bytes())
