"""Its routes, as the API answers them."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from app.dependencies import in_service
from app.use_case import AppUseCase, Parts, ReleaseLoader
from script_shared.releases import Manifest
from tests.fourth_use_case.model import Forecast

router = APIRouter(prefix="/loans", tags=["loans"])


class LoansLoader(ReleaseLoader[Forecast]):
    """A release is a forecast."""

    def load(self, folder: Path, manifest: Manifest, *, in_part: bool) -> Forecast:
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
async def get_tomorrow(branch: str, forecast: Annotated[Forecast, in_service("loans")]) -> dict[str, Any]:
    """What the release in service expects."""
    if branch not in forecast.means:
        raise HTTPException(404, "There is no such branch.")
    day = forecast.tomorrow
    return {"branch": branch, "day": day.isoformat(), "loans": forecast.predict(branch, day)}


def _loader(parts: Parts) -> LoansLoader:
    return LoansLoader()


LOANS = AppUseCase(name="loans", loader=_loader, routers=(router,))
