"""The students use case: its steps in order, from workbooks to a served release."""

from pipelines.common_steps import PROMOTE, TRACK, publish_step
from pipelines.use_case import Step, UseCase
from script_shared.students.params import FILE, StudentsParams

DATA_STEPS = (
    Step("landing", "pipelines.students.tables.landing:landing", about="copies the workbooks, or generates them"),
    Step("bronze", "pipelines.students.tables.bronze:bronze", about="gives each column one name over the years"),
    Step(
        "silver",
        "pipelines.students.tables.silver:silver",
        about="makes values of the cells and checks them; rejected rows are in `rejected.parquet`",
    ),
    Step(
        "gold",
        "pipelines.students.tables.gold:gold",
        about="puts the status of the next year beside each student's year",
    ),
    Step("quality", "pipelines.students.quality:quality", about="compares the years and writes the data card"),
)
TRAINING_STEPS = (
    Step("search", "pipelines.students.search.step:search", about="searches for type and params, where it is wanted"),
    Step("train", "pipelines.students.training:train", about="fits the model, with the last pair of years and without"),
    Step("evaluate", "pipelines.students.evaluation:evaluate", about="measures the model without it on that pair"),
    Step(
        "gate",
        "pipelines.students.release.gate:gate",
        about="compares it with the release in service and the rule “same as this year”",
    ),
    publish_step("pipelines.students.release.publish:publish"),
    PROMOTE,
    TRACK,
)
STUDENTS = UseCase(
    name="students",
    params_kind=StudentsParams,
    params_file=FILE,
    data_steps=DATA_STEPS,
    training_steps=TRAINING_STEPS,
    sources=("generated", "workbooks"),
    erasure="pipelines.students.erasure:releases_holding",
    maintenance="pipelines.students.maintenance:prune",
    trained_runs="pipelines.tracking.run_facts:trained_runs",
    training_record="pipelines.students.release.training_record:record_of",
    release_trial="pipelines.students.release.trial:load_release",
    tried_records="pipelines.students.release.tried_records:tried_records",
    simulated_drift="pipelines.students.sources.simulated_drift:simulated_drift",
    landing_source="workbooks",
    fingerprint="pipelines.students.tables.landing:fingerprint",
    schedule="0 5 1 3 *",
    check="pipelines.students.tables.landing:check",
)
