"""Makes runs that have come as far as the gate."""

from pathlib import Path
from typing import Any

from pipelines.runs import Run
from pipelines.use_case import Context, Options
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.script_shared.releases.made import make_folder


def context_of(tmp_path: Path, run_id: str, **options: Any) -> Context:
    """The context of a run below ``tmp_path``."""
    settings = Settings(data_dir=tmp_path / "data", models_uri=str(tmp_path / "models"), cache_dir=tmp_path / "cache")
    return Context(settings, load_params(NewsParams, FILE), Run(tmp_path / "data" / "news", run_id), Options(**options))


def assemble(context: Context, text: str) -> None:
    """Finish assembling and ranking with a small release whose bytes depend on ``text``."""
    with context.run.write("ranked") as (folder, _):
        make_folder(folder / "release", text)


def finish_gate(context: Context, *, accepted: bool = True, text: str = "a") -> Context:
    """Finish everything up to the gate."""
    assemble(context, text)
    with context.run.write("raw") as (_, facts):
        facts["source"] = "sample"
    with context.run.write("evaluated") as (_, facts):
        facts["ndcg"] = 0.25
    with context.run.write("gated") as (_, facts):
        facts.update(accepted=accepted, reasons=[] if accepted else ["logged: ndcg@10 0.1 is worse than 0.2"])
    return context
