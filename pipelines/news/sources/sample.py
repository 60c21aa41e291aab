"""Source ``sample``: a seeded, generated world in the challenge's exact files, with tastes that models can find."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.raw_files.progress import progress
from pipelines.sample_world.catalog import Catalog, make_catalog
from pipelines.sample_world.drift import with_drift
from pipelines.sample_world.files import page_ids, write_itens, write_treino, write_validacao
from pipelines.sample_world.picks import pick_articles
from pipelines.sample_world.readers import ROBOT, Readers, make_readers
from pipelines.sample_world.streams import stream
from pipelines.sample_world.texts import headlines
from pipelines.sample_world.truth import write_truth
from pipelines.sample_world.visits import Visits, make_visits, page_behaviour
from pipelines.use_case import Context
from script_shared.clock import HOUR_MS
from script_shared.news.params import SampleParams

VERSION = 2  # of the generator; another version makes other files out of the same params
VALIDATION_HOURS, VALIDATION_SHARE, VALIDATION_READS = 48, 0.194, 5


def fingerprint(context: Context) -> str:
    """Params and version of the generator: the same fingerprint means the same files, byte for byte."""
    return fingerprint_of(context.params.sample)


def fingerprint_of(params: SampleParams) -> str:
    text = json.dumps({"version": VERSION, **params.model_dump(exclude_defaults=True)}, sort_keys=True)
    return "sample:" + hashlib.sha256(text.encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Generate the files into the folder."""
    return generate(folder, context.params.sample)


def generate(folder: Path, params: SampleParams) -> dict[str, Any]:
    """Write the world of these params: treino, itens, ``truth/`` and, when asked for, validacao.csv.

    Returns:
        counts of what was written.
    """
    catalog, readers = make_catalog(params), make_readers(params)
    titles = headlines(params.seed, catalog)
    pages = page_ids(params.seed, catalog, titles["url"])
    visits = make_visits(stream(params.seed, "visits"), readers, readers.sizes, (catalog.start_ms, catalog.end_ms))
    with progress("choosing articles", len(visits.user), "reads") as advance:
        article = pick_articles(stream(params.seed, "picks"), catalog, readers, visits, advance)
    article = with_drift(params, catalog, visits, article)
    behaviour = page_behaviour(stream(params.seed, "behaviour"), readers, visits)
    with progress("writing treino", len(visits.user), "reads") as advance:
        write_treino(folder, readers, pages, visits, article, behaviour, advance)
    with progress("writing itens", params.articles, "articles") as advance:
        write_itens(folder, params.seed, catalog, titles, pages, advance)
    write_truth(folder / "truth", catalog, readers, pages)
    facts = {"users": params.users, "articles": params.articles, "interactions": len(visits.user)}
    if params.validation:
        held = _held_out(params, catalog, readers, visits, article)
        write_validacao(folder, readers, pages, *held)
        facts["validation_interactions"] = len(held[0])
    return facts


def _held_out(
    params: SampleParams, catalog: Catalog, readers: Readers, visits: Visits, article: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """user, time_ms and article of reads in the two days after the data's end, when nothing new is published."""
    rng = stream(params.seed, "validation")
    chosen = (rng.random(params.users) < VALIDATION_SHARE) & (readers.kind != ROBOT)
    sizes = np.where(chosen, np.minimum(rng.geometric(0.63, params.users), VALIDATION_READS), 0)
    window = (catalog.end_ms + 1, catalog.end_ms + VALIDATION_HOURS * HOUR_MS)
    later = make_visits(rng, readers, sizes, window)
    picked = pick_articles(rng, catalog, readers, later)
    known = visits.user * params.articles + article
    new = ~np.isin(later.user * params.articles + picked, known)
    return later.user[new], later.time_ms[new], picked[new]
