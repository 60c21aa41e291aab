"""Writes the decision of a request into the record of decisions, in the name of its sender."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, Request

from app.dependencies import Service
from app.security.caller import Caller
from script_shared.decisions.decision import Decision, Kind
from script_shared.decisions.kinds import identify_decision
from script_shared.errors import PautaError

log = logging.getLogger("pauta.audit")


class Decisions:
    """The record, as a route uses it: ``await decisions.record("editorial", "news", after=…)``.

    Args:
        request: has passed a requirement, or belongs to a session.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._service: Service = request.app.state.service

    async def record(
        self,
        what: Kind,
        use_case: str = "",
        *,
        before: str = "",
        after: str = "",
        why: str = "",
        evidence: Mapping[str, Any] | None = None,
        once: Sequence[str] = (),
    ) -> None:
        """Write one entry; while the database is unreachable it waits, and is appended later.

        With ``once``, only the first decision of a sender with the same kind and the same parts gets an entry.

        An entry that can neither be written nor wait is in the log of the process: the decision has taken effect, so
        the request does not fail.
        """
        caller: Caller | None = getattr(self._request.state, "caller", None)
        route = f"{self._request.method} {self._request.scope['route'].path_format}"
        who = f"token:{caller.name}" if caller is not None else "service"
        decision = Decision(who, what, use_case, before, after, why, {"route": route, **(evidence or {})})
        if once:
            decision = identify_decision(decision, (who, *once))
        try:
            await asyncio.to_thread(self._service.audit.record, decision)
        except PautaError as error:
            log.error("%s", error.log_text)

    async def pseudonym(self, name: str) -> str:
        """The record's name of a person.

        Raises:
            UnavailableError: the database is unreachable.
        """
        return await asyncio.to_thread(self._service.log.audit.pseudonym, name)


async def _decisions(request: Request) -> Decisions:
    return Decisions(request)


TheDecisions = Annotated[Decisions, Depends(_decisions)]
