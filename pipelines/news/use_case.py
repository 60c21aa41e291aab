"""The news use case: its steps in order, from raw files to a served release."""

from pipelines.common_steps import PROMOTE, TRACK, publish_step
from pipelines.use_case import Step, UseCase
from script_shared.news.params import FILE, NewsParams
from script_shared.news.segments import SEGMENT_NAMES

DATA_STEPS = (
    Step(
        "download",
        "pipelines.news.sources:download",
        about="fetches or generates the raw files; unchanged input is linked from the run before",
    ),
    Step(
        "refine",
        "pipelines.news.refine:refine",
        spark=True,
        about="turns them into tables; rejected rows are in `rejected.parquet`",
    ),
    Step("quality", "pipelines.news.quality.step:quality", about="checks the tables and writes the data card"),
)
TRAINING_STEPS = (
    Step(
        "train",
        "pipelines.news.training.segments:train",
        parts=SEGMENT_NAMES,
        spark=True,
        about="fits the segments side by side",
    ),
    Step("assemble", "pipelines.news.training.assemble:assemble", spark=True, about="puts them together"),
    Step(
        "rank",
        "pipelines.news.training.ranker_step:rank",
        about="trains the ranker on later clicks and adds it and the live state",
    ),
    Step(
        "evaluate",
        "pipelines.news.evaluation.step:evaluate",
        spark=True,
        about="measures the candidate and the release in service in the held-out window",
    ),
    Step("gate", "pipelines.news.release.gate:gate", about="compares them"),
    Step(
        "refit",
        "pipelines.news.release.refit:refit",
        spark=True,
        about="fits the models of an accepted candidate again on all data where `releases.refit` says so",
    ),
    publish_step("pipelines.news.release.publish:publish"),
    PROMOTE,
    TRACK,
)
NEWS = UseCase(
    name="news",
    params_kind=NewsParams,
    params_file=FILE,
    data_steps=DATA_STEPS,
    training_steps=TRAINING_STEPS,
    sources=("sample", "local", "files", "gdrive", "globo_clicks"),
    evaluation="pipelines.news.evaluation.newest:evaluate_newest",
    maintenance="pipelines.news.upkeep.maintenance:prune",
    erasure="pipelines.news.upkeep.erasure:releases_holding",
    trained_runs="pipelines.news.release.training_record:trained_runs",
    training_record="pipelines.news.release.training_record:record_of",
    release_trial="pipelines.news.release.trial:load_release",
    simulated_drift="pipelines.news.sources.simulated_drift:simulated_drift",
    landing_source="local",
    live="pipelines.news.live.judged:judged_clicks",
    check="pipelines.news.sources:check",
    greeting="pipelines.news.greeting:first_lists",
)
