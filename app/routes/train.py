"""POST /train: starts a training in Airflow."""

from fastapi import APIRouter, Response

from app.decisions import TheDecisions
from app.dependencies import TheService
from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.routes.shapes import TrainBody, TrainingRun
from app.security.requirement import require

router = APIRouter(tags=["model"], route_class=BodyRoute)


@router.post(
    "/train",
    summary="Start a training in Airflow",
    status_code=202,
    response_model=TrainingRun,
    dependencies=[require("operator")],
)
async def start_training(service: TheService, decisions: TheDecisions, body: TrainBody | None = None) -> Response:
    """Trigger a DAG in Airflow. The answer has the run's id and its address in Airflow.

    Params that the DAG does not have are refused, and so are values that they do not allow.
    """
    asked = body or TrainBody()
    named = asked.dag.rpartition("_")[0] if asked.dag else None
    use_case = service.live_of(named).use_case  # one that is served here
    run = await service.trigger.start(asked.dag or f"{use_case}_training", asked.params)
    evidence = {"dag": run["dag"], "run": run["run_id"], "params": sorted(asked.params)}
    await decisions.record("training", use_case, why="requested by a person", evidence=evidence)
    return json_response(run, 202, {"Location": run["address"]})
