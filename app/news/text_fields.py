"""Ids and labels of requests, by the rules of ``script_shared.names``: the same in bodies, queries and paths."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from script_shared.names import MAX_ID, MAX_TITLE, clean_id, clean_text, clean_title

MAX_LABEL = 64
MAX_RAW_LABEL = 4 * MAX_LABEL  # as it is sent, entities and all: composing letters takes the square of a text's length
MAX_TEXT = 100_000


def _text(value: Any) -> Any:
    """The value, when it is a text or a whole number.

    Raises:
        ValueError: it is something else.
    """
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return value
    raise ValueError("must be a text")


def _id(value: Any) -> str:
    return clean_id(_text(value))


def _present(text: str) -> str:
    if not text:
        raise ValueError("is missing or blank")
    return text


def _label(value: Any) -> str:
    raw = _text(value)
    text = "" if raw is None else str(raw)
    if len(text) > MAX_RAW_LABEL or len(text := clean_text(text)) > MAX_LABEL:
        raise ValueError(f"may have at most {MAX_LABEL} characters")
    return text


def _long_text(value: Any) -> str:
    text = "" if value is None else str(_text(value))
    if len(text) > MAX_TEXT:
        raise ValueError(f"may have at most {MAX_TEXT:,} characters")
    return clean_text(text)


def _schema(longest: int, shortest: int = 0) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": shortest, "maxLength": longest})


Id = Annotated[str, BeforeValidator(_id), _schema(MAX_ID)]
RequiredId = Annotated[str, BeforeValidator(_id), AfterValidator(_present), _schema(MAX_ID, 1)]
Label = Annotated[str, BeforeValidator(_label), _schema(MAX_LABEL)]
RequiredLabel = Annotated[str, BeforeValidator(_label), AfterValidator(_present), _schema(MAX_LABEL, 1)]
Title = Annotated[str, BeforeValidator(lambda value: clean_title(_text(value))), _schema(MAX_TITLE)]
Text = Annotated[str, BeforeValidator(_long_text), _schema(MAX_TEXT)]
