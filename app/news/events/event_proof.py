"""Facts about the sender of events: signed by the site or not, from an answer of this service, from which network."""

import time
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.http.middleware import header_of
from app.news.events.day_keys import DayKeys
from app.news.events.proven_once import ProvenOnce
from app.security.requirement import Security
from script_shared.errors import SettingsError
from script_shared.events import Entry, Kind
from script_shared.events.signature import HEADER, check
from script_shared.news.state.reader_key import reader_name
from script_shared.news.state.trust import ANSWER, SIGNED, UNSIGNED
from script_shared.settings import Settings

_HEADER = HEADER.lower().encode()
LEAST_KEY = 16  # characters


class EventProof:
    """Checks signatures, and notes the origin of each event.

    Raises:
        SettingsError: a key is too short, or unsigned events are refused and there is no key.
    """

    def __init__(self, settings: Settings, keys: DayKeys, now_s: Callable[[], float] = time.time) -> None:
        text = settings.events_key.get_secret_value() if settings.events_key is not None else ""
        self._keys = [key for part in text.split(",") if (key := part.strip())]
        self._unsigned = settings.unsigned_events or ("discount" if self._keys else "count")
        self._day_keys, self._now_s = keys, now_s
        self._proven = ProvenOnce()
        if any(len(key) < LEAST_KEY for key in self._keys):
            raise SettingsError(
                f"PAUTA_EVENTS_KEY: a key has fewer than {LEAST_KEY} characters.", fix="Make it longer."
            )
        if self._unsigned == "refuse" and not self._keys:
            fix = "Set PAUTA_EVENTS_KEY, or take PAUTA_UNSIGNED_EVENTS out."
            raise SettingsError("PAUTA_UNSIGNED_EVENTS is refuse, and there is no key to sign with.", fix=fix)

    @property
    def counts_unsigned(self) -> bool:
        """Whether unsigned events count in full."""
        return self._unsigned == "count"

    async def is_signed(self, request: Request) -> bool:
        """Whether the site signed this request.

        Raises:
            HTTPException: 401, the signature is invalid, or there is none and unsigned events are refused; 429, this
                address has sent too many wrong ones.
        """
        header = header_of(request.scope, _HEADER)
        if header is None or not self._keys:
            if self._unsigned == "refuse":
                raise HTTPException(401, f"Events must be signed. Send the header '{HEADER}: t=…,v1=…'.")
            return False
        wrong = Security.of(request).wrong
        try:
            check(header, await request.body(), self._keys, self._now_s())
        except ValueError as error:
            wrong.note(request)
            raise HTTPException(401, f"The header {HEADER} {error}. Nothing was written.") from None
        wrong.admit(request, HEADER)  # a person chose the key, so guesses are limited
        return True

    def note(self, entry: Entry, request: Request, *, by_site: bool) -> None:
        """Add the origin of an event to its body; no address is stored.

        Args:
            entry: the event.
            request: the request that brought it.
            by_site: whether the site itself sent it: the request is signed, or has a token of the role operator.
        """
        reader = reader_name(entry.user_id, str(entry.body.get("session", "")))
        if by_site:
            entry.body["proof"] = SIGNED
            return
        if entry.kind == Kind.IMPRESSION and self._was_shown(entry, reader):
            entry.body["proof"] = ANSWER
        elif self._unsigned == "discount":
            entry.body["proof"] = UNSIGNED
        if request.client is not None and (network := self._day_keys.network(request.client.host)):
            entry.body["network"] = network

    def _was_shown(self, entry: Entry, reader: str) -> bool:
        """Whether this user got an answer with the page, and no other impression has used that as its proof."""
        answer_id = str(entry.body.get("answer_id", ""))
        if not self._day_keys.gave(answer_id, reader, entry.article_id):
            return False
        return self._proven.claim((answer_id, entry.article_id), entry.entry_id)
