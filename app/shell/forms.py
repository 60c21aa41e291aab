"""Forms of the pages: their fields, and whether a page of this service sent them."""

import hmac
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request

from app.shell.people import form_key, person_of

KEY = "form_key"
MOST_FIELDS = 60
MOST_STRANGERS_BYTES = 8_192  # a token, even a JWT, and an address
Form = dict[str, str]


async def form_of_a_stranger(request: Request) -> Form:
    """The fields of a form that a page of this service sent; of fields with the same name, the last one.

    Args:
        request: its body is read here.

    Raises:
        HTTPException: 403, another site sends it; 413, it is longer than a login; 422, it cannot be read.
    """
    _check_site(request)
    body = await request.body()
    if len(body) > MOST_STRANGERS_BYTES:
        raise HTTPException(413, f"The form has more than {MOST_STRANGERS_BYTES:,} bytes. Send only what it asks for.")
    return _parse(body)


def _check_site(request: Request) -> None:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "Another site sent this form. Open the page here and send it again.")


def _parse(body: bytes) -> Form:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise HTTPException(422, "The form cannot be read.") from None


async def _check_form(request: Request) -> Form:
    _check_site(request)
    if await person_of(request) is None:  # before the body: parsing a long one takes as long as many lists
        raise HTTPException(401)
    form = _parse(await request.body())
    if not hmac.compare_digest(form.pop(KEY, "").encode(), form_key(request).encode()):
        raise HTTPException(403, "The form is older than your session. Open the page again.")
    return form


TheForm = Annotated[Form, Depends(_check_form)]
