"""The params of a DAG as fields of a form, and the values that a person entered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.shell.forms import Form
from script_shared.errors import RequestError

PREFIX = "param."  # of the fields' names


@dataclass(frozen=True)
class Field:
    """One param.

    Attributes:
        kind: ``choice``, ``flag``, ``number``, ``lines`` or ``text``.
        default: what Airflow uses when the field stays as it is.
        choices: texts to choose from.
    """

    name: str
    title: str
    about: str
    kind: str
    default: Any
    choices: tuple[str, ...] = ()

    @property
    def default_text(self) -> str:
        """The default as the field shows it."""
        if isinstance(self.default, list):
            return "\n".join(map(str, self.default))
        return "" if self.default is None else str(self.default)


def fields_of(params: Mapping[str, Any]) -> list[Field]:
    """The fields of params.

    Args:
        params: as Airflow describes them: by name ``value``, ``description`` and ``schema`` (JSON schema).
    """
    return [_field(name, given) for name, given in params.items()]


def values_in(form: Form, fields: list[Field]) -> dict[str, Any]:
    """The values that differ from the defaults.

    Args:
        form: what the person entered.
        fields: of the DAG.

    Returns:
        Value by param, for the start of a run.

    Raises:
        RequestError: a number is none.
    """
    found = {field.name: _value(form.get(f"{PREFIX}{field.name}", "").strip(), field) for field in fields}
    return {field.name: found[field.name] for field in fields if found[field.name] != field.default}


def _field(name: str, given: Mapping[str, Any]) -> Field:
    schema = given.get("schema") or {}
    types, choices = schema.get("type") or "string", schema.get("enum")
    kinds = {"boolean": "flag", "number": "number", "integer": "number", "array": "lines"}
    known = [kinds[each] for each in (types if isinstance(types, list) else [types]) if each in kinds]
    kind = "choice" if choices else known[0] if known else "text"
    texts = tuple("" if choice is None else str(choice) for choice in choices or ())
    about = str(given.get("description") or schema.get("description") or "")
    return Field(name, str(schema.get("title") or name), about, kind, given.get("value"), texts)


def _value(text: str, field: Field) -> Any:
    if field.kind == "flag":
        return text == "yes"
    if field.kind == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if not text:
        return field.default if isinstance(field.default, str) and not field.default else None
    if field.kind != "number":
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise RequestError(f"{field.title}: {text[:40]!r} is no number.", fix="Correct it.") from None
