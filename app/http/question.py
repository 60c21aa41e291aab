"""The base of all request shapes."""

from functools import cache
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, model_validator

MOST_UNKNOWN = 20  # names that are complained about at once, however many there are


class Question(BaseModel):
    """Base of all request models: unknown fields are errors, and null for an optional field leaves it out."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        """The input without nulls for fields whose type does not allow null."""
        if not isinstance(given, dict):
            return given
        given = cls._of_bounded_size(given)
        if None not in given.values():
            return given
        return {name: value for name, value in given.items() if value is not None or not cls._left_out(name)}

    @classmethod
    def _of_bounded_size(cls, given: dict[str, Any]) -> dict[str, Any]:
        """What was given, with no more than ``MOST_UNKNOWN`` of the names that it does not know."""
        names = _names(cls)
        if len(given) <= len(names):
            return given
        unknown = islice((name for name in given if name not in names), MOST_UNKNOWN)
        return {name: given[name] for name in (*(name for name in names if name in given), *unknown)}

    @classmethod
    def _left_out(cls, name: str) -> bool:
        field = cls.model_fields.get(name)
        return field is not None and not field.is_required() and type(None) not in get_args(field.annotation)


@cache
def _names(shape: type[Question]) -> dict[str, None]:
    """The names that a shape knows, in order."""
    return dict.fromkeys(field.alias or name for name, field in shape.model_fields.items())
