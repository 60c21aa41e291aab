"""The news use case: its steps in order, from raw files to a served release."""

from pipelines.use_case import Step, UseCase
from script_shared.news.params import FILE, NewsParams
from script_shared.news.segments import SEGMENT_NAMES

NEWS = UseCase(
    name="news",
    params_kind=NewsParams,
    params_file=FILE,
    steps=(
        Step("download", "pipelines.news.sources:download"),
        Step("refine", "pipelines.news.refine:refine"),
        Step("quality", "pipelines.news.quality:quality"),
        Step("train", "pipelines.news.train:train", parts=SEGMENT_NAMES),
        Step("assemble", "pipelines.news.assemble:assemble"),
        Step("rank", "pipelines.news.rank:rank"),
        Step("evaluate", "pipelines.news.evaluate:evaluate"),
        Step("gate", "pipelines.news.gate_step:gate"),
        Step("refit", "pipelines.news.refit:refit"),
        Step("publish", "pipelines.news.publish:publish"),
        Step("promote", "pipelines.news.publish:promote"),
        Step("track", "pipelines.tracking.step:track", always=True),
    ),
)
