"""The role that a route needs: ``require("operator", "news")`` in its dependencies, or in its signature."""

import contextlib
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.http.bodies import SenderCheck
from app.http.middleware import header_of
from app.security.caller import Caller
from app.security.callers import Callers, bearer
from app.security.request_limits import WrongTokens
from script_shared.errors import UnavailableError
from script_shared.people import Role
from script_shared.settings import Settings

_scheme = HTTPBearer(
    auto_error=False,
    scheme_name="Token",
    description="A named token, the value of PAUTA_ADMIN_TOKEN, or a JWT of the single sign-on.",
)
PARAMETER_ROLES = "x-parameter-roles"  # in the description of a public route: role by parameter that needs one
CHALLENGE = {"WWW-Authenticate": "Bearer"}


class Security:
    """The parts of a service that check its senders."""

    def __init__(self, settings: Settings, callers: Callers) -> None:
        self.callers = callers
        self.wrong = WrongTokens(settings)

    @classmethod
    def of(cls, request: Request) -> "Security":
        """The parts of the service that answers a request."""
        found: Security = request.app.state.service.security
        return found

    async def caller(self, request: Request) -> Caller | None:
        """The holder of the request's token; None without one, or with a wrong one.

        Raises:
            HTTPException: 429, too many wrong tokens came from this address.
            UnavailableError: it cannot be checked now.
        """
        header = request.headers.get("Authorization")
        return await self.holder(request, bearer(header)) if header and header.strip() else await self.callers.of("")

    async def holder(self, request: Request, token: str) -> Caller | None:
        """The holder of a token that a request sent; None for a wrong one.

        Raises:
            HTTPException: 429, too many wrong tokens came from this address.
            UnavailableError: it cannot be checked now.
        """
        found = await self.callers.of(token)
        if found is None:
            self.wrong.note(request)
        elif self.callers.is_chosen(found):
            self.wrong.admit(request, found.holder)
        return found


@dataclass(frozen=True)
class Requirement(SenderCheck):
    """Admits senders whose role suffices; the route gets the ``Caller``.

    Attributes:
        role: the lowest sufficient role.
        use_case: that the route belongs to, None for the service: then a token for some use cases does not suffice.
    """

    role: Role
    use_case: str | None = None

    async def __call__(
        self, request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)] = None
    ) -> Caller:
        return await self.admit(request)

    async def admit(self, request: Request) -> Caller:
        """The sender, if the role suffices.

        Args:
            request: with or without a token.

        Raises:
            HTTPException: 401, 403 or 429, as for ``refuse_others``.
            UnavailableError: the token cannot be checked now.
        """
        security = Security.of(request)
        found: Caller | None = getattr(request.state, "token_caller", None)  # of a check of the same request
        caller = found or await security.caller(request)
        if caller is None or not caller.may(self.role, self.use_case):
            _refuse(security, caller, self, "This route")
        request.state.caller = request.state.token_caller = caller
        return caller


def require(role: Role, use_case: str | None = None) -> Any:
    """A dependency that admits senders of this role or a higher one.

    Args:
        role: the lowest role that is admitted.
        use_case: the use case that a token must open; None if any token of the role will do.
    """
    return Depends(Requirement(role, use_case))


async def is_allowed(request: Request, role: Role, use_case: str | None = None) -> bool:
    """Whether the sender has a role, for public routes that show some people more.

    A token that cannot be checked now counts as none, and so does any after too many wrong ones.

    Args:
        request: with or without a token.
        role: the lowest role that counts.
        use_case: the use case that the token must open; None for any.
    """
    token = bearer(header_of(request.scope, b"authorization"))
    if not token:
        return False
    with contextlib.suppress(UnavailableError, HTTPException):
        caller = await Security.of(request).holder(request, token)
        return caller is not None and caller.may(role, use_case)
    return False


async def refuse_others(request: Request, role: Role, use_case: str | None, what: str) -> None:
    """Refuse a part of a public route to senders without a role.

    Args:
        request: with or without a token.
        role: the lowest role that is admitted.
        use_case: the use case that the token must open; None for any.
        what: the part, as the beginning of a sentence.

    Raises:
        HTTPException: as for a route that needs the role; ``what`` begins its text.
    """
    security = Security.of(request)
    caller = await security.caller(request)
    if caller is None or not caller.may(role, use_case):
        _refuse(security, caller, Requirement(role, use_case), what)


def _refuse(security: Security, caller: Caller | None, needed: Requirement, what: str) -> NoReturn:
    """Refuse a request.

    Raises:
        HTTPException: 403 for a token that does not suffice, and while there are no tokens; else 401.
    """
    if caller is not None:
        scope = f" for {needed.use_case}" if needed.use_case else " for all use cases"
        raise HTTPException(
            403, f"{what} needs the role {needed.role}{scope}. This token has another role or use case."
        )
    if security.callers.nobody:
        fix = "Make a token with `python -m pipelines tokens create`, or set PAUTA_ADMIN_TOKEN and start again."
        raise HTTPException(403, f"{what} is for holders of a token. {fix}")
    token = f"a token of the role {needed.role} or a higher one"
    detail = f"{what} needs the header 'Authorization: Bearer <token>', with {token}."
    raise HTTPException(401, detail, headers=CHALLENGE)
