"""Its routes, as the API answers them, and the number of answers, as the API exports it."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from prometheus_client import Counter
from pydantic import BaseModel

from app.dependencies import in_service
from app.use_case import AppUseCase, Parts, ReleaseLoader
from script_shared.releases import Manifest
from tests.fourth_use_case.model import Forecast

router = APIRouter(prefix="/loans", tags=["loans"])


class LoansLoader(ReleaseLoader[Forecast]):
    """A release is a forecast; beside it, answers are counted."""

    def __init__(self, parts: Parts) -> None:
        self.beside = Counter("pauta_loans_answers_total", "Forecasts given.", registry=parts.metrics.registry)

    def load(self, folder: Path, manifest: Manifest, *, without: Collection[str] = ()) -> Forecast:
        """Read it."""
        return Forecast.load(folder)

    def card(self, loaded: Forecast) -> dict[str, Any]:
        """Its branches and its last day."""
        return {"branches": list(loaded.means), "until": loaded.until.isoformat()}


class Tomorrow(BaseModel):
    """The answer."""

    branch: str
    day: str
    loans: float


@router.get("/{branch}/tomorrow", summary="Loans of a branch tomorrow", response_model=Tomorrow)
async def get_tomorrow(
    request: Request, branch: str, forecast: Annotated[Forecast, in_service("loans")]
) -> dict[str, Any]:
    """What the release in service expects."""
    if branch not in forecast.means:
        raise HTTPException(404, "There is no such branch.")
    request.app.state.service.use_cases["loans"].beside.inc()
    day = forecast.tomorrow
    return {"branch": branch, "day": day.isoformat(), "loans": forecast.predict(branch, day)}


LOANS = AppUseCase(
    name="loans",
    loader=LoansLoader,
    routers=(router,),
    about="Says how many books each branch lends tomorrow.",
    page="loans/sé/tomorrow",
)
