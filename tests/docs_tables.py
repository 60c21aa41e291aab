"""Tables of settings and params, and the comments of the params file, made from the descriptions in the code.

``make docs-tables`` writes them into docs/configuration.md and script_shared/params/news.toml.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from app.__main__ import ServerSettings
from pipelines.supervisor.settings.stack_settings import StackSettings
from script_shared.news.params import FILE, NewsParams
from script_shared.news.site_profile import AUTO, BUSY, LONGEST_HOURS
from script_shared.params import Params
from script_shared.settings import Settings, own_cache
from script_shared.use_case_settings import UseCaseSettings

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "configuration.md"
COLUMN = 30  # of the comments in the params file
KINDS: tuple[type[BaseSettings], ...] = (Settings, ServerSettings, StackSettings)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _default(field: FieldInfo) -> str:
    if field.default_factory is own_cache:
        return "`/tmp/pauta-<user id>`"
    if field.default in (None, ""):
        return ""
    if field.default == ROOT:
        return "the checkout"
    shown = f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
    return f"`{shown}`".replace(f"{ROOT}/", "")


def settings_table() -> str:
    """One row per setting: of everything, of the API's listener, of ``make run``."""
    rows = [_row("variable", "default", "meaning"), "|---|---|---|\n"]
    named: set[str] = set()
    for kind in KINDS:
        for name, field in kind.model_fields.items():
            if name not in named and name != "by_use_case":
                rows.append(_row(f"`PAUTA_{name.upper()}`", _default(field), str(field.description)))
                named.add(name)
    for name, field in UseCaseSettings.model_fields.items():
        rows.append(_row(f"`PAUTA_<USE CASE>_{name.upper()}`", _default(field), str(field.description)))
    return "".join(rows)


def sections(kind: type[Params] = NewsParams, prefix: str = "") -> Iterator[tuple[str, type[Params]]]:
    """Every section of the params with its name, such as ``logged.als``, in the order of the code."""
    for name, field in kind.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Params) and _is_section(field):
            yield f"{prefix}{name}", field.annotation
            yield from sections(field.annotation, f"{prefix}{name}.")


def _is_section(field: FieldInfo) -> bool:
    return field.description is None  # a limit is a value with a description


def _values(section: str) -> dict[str, Any]:
    values: Any = tomllib.loads(FILE.read_text(encoding="utf-8"))
    for part in section.split("."):
        values = values.get(part, {})
    return dict(values)


def _number(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_number(each) for each in value)}]"
    return f"{value:g}" if isinstance(value, float) else json.dumps(value)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return f"`{_number(value['max'])}`, {value['action']}"
    return "" if value is None else f"`{_number(value)}`"


def busy(key: str) -> str:
    """What ``"auto"`` means on a busy portal, such as ``12``."""
    value = AUTO[key](BUSY)
    longest = "never" if key == "ranking.renew_hours" else "all"
    return longest if value == LONGEST_HOURS else _number(value)


def _param_row(section: str, name: str, field: FieldInfo, values: dict[str, Any]) -> str:
    value = values.get(name, field.default)
    key = f"{section}.{name}"
    default = f"`auto` ({busy(key)})" if value == "auto" else _shown(value)
    return _row(f"`{key}`", default, str(field.description))


def params_tables() -> str:
    """A heading, a sentence and a table for each section of the params that has values."""
    text = ""
    for section, kind in sections():
        own = {name: field for name, field in kind.model_fields.items() if not _is_section(field)}
        if own:
            values = _values(section)
            rows = "".join(_param_row(section, name, field, values) for name, field in own.items())
            text += f"### {section}\n\n{_first_line(kind)}\n\n| key | default | meaning |\n|---|---|---|\n{rows}\n"
    return text


def page_text() -> str:
    """docs/configuration.md with its generated parts as they should be."""
    text = PAGE.read_text(encoding="utf-8")
    for name, part in (("settings", settings_table()), ("params", params_tables().rstrip("\n") + "\n")):
        pattern = re.compile(rf"(<!-- generated: {name} -->\n\n).*?(\n<!-- end -->)", re.S)
        text, count = pattern.subn(lambda found, part=part: found[1] + part + found[2], text)
        assert count == 1, f"{PAGE.name} has no place for the {name}"
    return text


def params_file_text() -> str:
    """script_shared/params/news.toml with the comments that the descriptions give."""
    kinds, section, lines = dict(sections()), "", []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        code = re.sub(r"\s+# .*", "", line) if not line.startswith("# ") else line
        if found := re.match(r"\[([\w.]+)\]", line):
            section = found[1]
            lines.append(f"{code:<{COLUMN}}# {_first_line(kinds[section])}")
        elif found := re.match(r"(# )?(\w+) = ", line):
            code = re.sub(r"(.)\s+# .*", r"\1", line)
            lines.append(f"{code:<{COLUMN - 2}}  # {_comment(section, found[2], kinds[section])}")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _first_line(kind: type[Params]) -> str:
    return str(kind.__doc__).splitlines()[0].replace("``", "`")


def _comment(section: str, name: str, kind: type[Params]) -> str:
    key, text = f"{section}.{name}", str(kind.model_fields[name].description)
    return f"({busy(key)}) {text}" if key in AUTO else text


if __name__ == "__main__":
    PAGE.write_text(page_text(), encoding="utf-8")
    FILE.write_text(params_file_text(), encoding="utf-8")
