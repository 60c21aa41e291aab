"""Actions of operators: each is confirmed, and has a reason."""

from fastapi import HTTPException

from app.shell.forms import Form
from app.shell.words import Texts

LEAST, MOST = 5, 500  # characters of a reason


def reason_in(form: Form, texts: Texts) -> str:
    """The reason of a confirmed form.

    Args:
        form: loses the fields of the reason and of the confirmation.
        texts: words of the messages.

    Raises:
        HTTPException: 422, the form is not confirmed, or its reason is too short or too long.
    """
    reason = " ".join(form.pop("reason", "").split())
    if form.pop("confirmed", "") != "yes":
        raise HTTPException(422, texts["not_confirmed"])
    if not LEAST <= len(reason) <= MOST:
        raise HTTPException(422, texts["no_reason"].format(least=LEAST, most=MOST))
    return reason
