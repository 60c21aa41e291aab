"""GET /students/health and /students/model, POST /students/train and /students/model/reload: of this use case alone."""

from fastapi import APIRouter, Response

from app.decisions import TheDecisions
from app.dependencies import TheService
from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.http.public_text import public
from app.routes.model import get_model, reload_model
from app.routes.shapes import Model, ModelReloaded, TrainingRun
from app.security.requirement import require
from app.students.shapes import StudentsHealth, StudentsTraining

router = APIRouter(prefix="/students", tags=["students"], route_class=BodyRoute)
NAME = "students"


@router.get("/health", summary="Whether students are answered", response_model=StudentsHealth)
async def get_students_health(service: TheService) -> Response:
    """200 as soon as the process listens, with the release in service, or the reason why there is none."""
    live = service.live_of(NAME)
    served = live.served
    reason = None if served else public(live.reason())
    return json_response({"status": "ok", "release": served and served.release, "reason": reason})


@router.get("/model", summary="The students release in service", response_model=Model)
async def get_students_model(service: TheService) -> Response:
    """As ``GET /model?use_case=students``."""
    return await get_model(service.live_of(NAME))


@router.post(
    "/model/reload",
    summary="Load it again",
    response_model=ModelReloaded,
    dependencies=[require("operator", "students")],
)
async def reload_students_model(service: TheService, decisions: TheDecisions) -> Response:
    """As ``POST /model/reload?use_case=students``. Reaches this process only."""
    return await reload_model(service.live_of(NAME), decisions)


@router.post(
    "/train",
    summary="Train students",
    status_code=202,
    response_model=TrainingRun,
    dependencies=[require("operator", "students")],
)
async def train_students(
    service: TheService, decisions: TheDecisions, body: StudentsTraining | None = None
) -> Response:
    """As ``POST /train`` with ``{"dag": "students_training"}``; with ``data`` the workbooks are read again first."""
    wanted = body or StudentsTraining()
    run = await service.trigger.start(f"{NAME}_{'data' if wanted.data else 'training'}", wanted.params)
    await decisions.record(
        "training", NAME, why="requested by a person", evidence={"dag": run["dag"], "run": run["run_id"]}
    )
    return json_response(run, 202, {"Location": run["address"]})
