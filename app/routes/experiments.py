"""/experiments: shows, starts, changes and stops experiments."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from app.decisions import TheDecisions
from app.dependencies import Service, TheService
from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.security.caller import Caller
from app.security.requirement import require
from script_shared.errors import ConflictError, ReleaseMissingError, RequestError
from script_shared.events.database.experiments.table import Change
from script_shared.experiments.decision import decision_of
from script_shared.experiments.experiment import NAME, Experiment

router = APIRouter(prefix="/experiments", tags=["operations"], route_class=BodyRoute)
NO_STORE = {"Cache-Control": "no-store"}
Operator = Annotated[Caller, require("operator")]
Name = Annotated[str, Path(pattern=NAME)]


class NewExperiment(Experiment):
    why: str = Field("", max_length=1000, pattern=r"^[^\x00]*$", description="The reason, for the record of decisions.")


class ChangedShares(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, description="The version that you read; 409 if there is a newer one.")
    shares: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        max_length=8,
        description="New shares by variant, those left out stay; the empty name is the experiment's share.",
    )
    why: str = Field("", max_length=1000, pattern=r"^[^\x00]*$")


class Stop(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(None, ge=1, description="As for a change of shares; any version when left out.")
    why: str = Field("", max_length=1000, pattern=r"^[^\x00]*$")


class ExperimentFacts(Experiment):
    version: int
    state: str = Field(description="`running` or `stopped`.")
    changed_at: str
    changed_by: str
    why: str


class ExperimentList(BaseModel):
    experiments: list[ExperimentFacts]


class Report(BaseModel):
    verdict: str = Field(description="What is known by now, in a sentence.")
    experiment: ExperimentFacts
    rates: list[dict[str, Any]] = Field(
        description="Each metric by variant and segment, with its interval, and the difference to the first variant."
    )
    variants: list[dict[str, Any]] = Field(description="Users, answers, variety of articles, times and fallbacks.")
    mismatch: float | None = Field(description="p-value of the division of users by the shares.")
    first_ms: int = Field(description="Time of the first list, on the release's clock.")
    last_ms: int


class ExperimentVersions(BaseModel):
    versions: list[ExperimentFacts] = Field(description="Newest first.")


@router.get("", summary="List experiments", response_model=ExperimentList, dependencies=[require("viewer")])
async def list_experiments(service: TheService) -> Response:
    """The newest version of every experiment, those that started last first."""
    found = await asyncio.to_thread(service.log.experiments.current)
    return json_response({"experiments": [each.view() for each in reversed(found)]}, 200, NO_STORE)


@router.get(
    "/{name}", summary="Versions of an experiment", response_model=ExperimentVersions, dependencies=[require("viewer")]
)
async def get_experiment(name: Name, service: TheService) -> Response:
    """Every version of an experiment: who got which variant when, and who changed it why."""
    found = await asyncio.to_thread(service.log.experiments.versions, name)
    if not found:
        raise HTTPException(404, "There is no experiment of this name.")
    return json_response({"versions": [each.view() for each in reversed(found)]}, 200, NO_STORE)


@router.get(
    "/{name}/report", summary="What an experiment found", response_model=Report, dependencies=[require("viewer")]
)
def get_report(name: Name, service: TheService) -> Response:
    """The newest analysis: a sentence, and the figures of every variant. The DAG `experiments` makes it.

    404 before the first analysis.
    """
    try:
        content = (service.settings.evaluation_dir / "experiments" / f"{name}.json").read_bytes()
    except OSError:
        raise HTTPException(404, "The experiment has not been analysed yet; the DAG experiments does it.") from None
    return Response(content, media_type="application/json", headers=NO_STORE)


@router.post("", summary="Start an experiment", status_code=201, response_model=ExperimentFacts)
async def start_experiment(
    body: NewExperiment, caller: Operator, service: TheService, decisions: TheDecisions
) -> Response:
    """Start an experiment. Every process serves its variants within a second.

    409 for a name that was used before, and while another experiment of the use case runs; a shadow may run beside.
    """
    experiment = Experiment.model_validate(body.model_dump(exclude={"why"}))
    await _check(service, experiment)
    change = await asyncio.to_thread(service.log.experiments.start, experiment, caller.name, body.why)
    return await _record_change(service, change, decisions, 201)


@router.put("/{name}", summary="Change shares", response_model=ExperimentFacts)
async def change_experiment(
    name: Name, body: ChangedShares, caller: Operator, service: TheService, decisions: TheDecisions
) -> Response:
    """Change the shares of a running experiment; as few users as possible get another variant."""
    _refuse_beside_file(service)
    change = await asyncio.to_thread(
        service.log.experiments.change,
        name,
        body.version,
        lambda before: before.with_shares(body.shares),
        caller.name,
        body.why,
    )
    return await _record_change(service, change, decisions, 200)


@router.post("/{name}/stop", summary="Stop an experiment", response_model=ExperimentFacts)
async def stop_experiment(
    name: Name, body: Stop, caller: Operator, service: TheService, decisions: TheDecisions
) -> Response:
    """Stop an experiment for good: within a second everybody gets what the release in service answers."""
    _refuse_beside_file(service)
    change = await asyncio.to_thread(service.log.experiments.stop, name, body.version, caller.name, body.why)
    return await _record_change(service, change, decisions, 200)


async def _check(service: Service, experiment: Experiment) -> None:
    _refuse_beside_file(service)
    live = service.live_of(experiment.use_case)
    service.experiments.check(experiment)
    for version in sorted(experiment.releases):
        try:
            await asyncio.to_thread(live.releases.manifest, version)
        except ReleaseMissingError:
            raise RequestError(
                f"there is no release {version!r} of {experiment.use_case}.", fix="See GET /releases."
            ) from None


def _refuse_beside_file(service: Service) -> None:
    if service.experiments.from_file:
        raise ConflictError("the experiments come from a file.", fix="Change the file of PAUTA_EXPERIMENTS_FILE.")


async def _record_change(service: Service, change: Change, decisions: TheDecisions, status: int) -> Response:
    await service.experiments.refresh()
    made = decision_of(change.before, change.after, "")
    await decisions.record(
        made.what, made.use_case, before=made.before, after=made.after, why=made.why, evidence=made.evidence
    )
    return json_response(change.after.view(), status, NO_STORE)
