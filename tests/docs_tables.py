"""Tables of settings and params, and the comments of the params file, made from the descriptions in the code.

``make docs-tables`` writes them into docs/configuration.md and docs/security.md, the pages of the use cases and the
params files.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from app.__main__ import ServerSettings
from app.main import create_app
from app.security.route_roles import requirement_of
from pipelines.supervisor.stack_settings import StackSettings
from script_shared.news import params as news
from script_shared.news.site_profile import AUTO, BUSY, LONGEST_HOURS
from script_shared.params import Params
from script_shared.people import ROLES, covers
from script_shared.recruiting import params as recruiting
from script_shared.settings import Settings, own_cache
from script_shared.students import params as students
from script_shared.use_case_settings import UseCaseSettings

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "configuration.md"
SECURITY = ROOT / "docs" / "security.md"
COLUMN = 30  # of the comments in the params file
PARAMS: dict[str, tuple[type[Params], Path, Path]] = {  # by use case: class, file, and the page with the tables
    "news": (news.NewsParams, news.FILE, PAGE),
    "recruiting": (recruiting.RecruitingParams, recruiting.FILE, ROOT / "docs" / "recruiting.md"),
    "students": (students.StudentsParams, students.FILE, ROOT / "docs" / "students.md"),
}
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


def sections(kind: type[Params], prefix: str = "") -> Iterator[tuple[str, type[Params]]]:
    """Every section of the params with its name, such as ``logged.als``, in the order of the code."""
    for name, field in kind.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Params) and _is_section(field):
            yield f"{prefix}{name}", field.annotation
            yield from sections(field.annotation, f"{prefix}{name}.")


def _is_section(field: FieldInfo) -> bool:
    return field.description is None  # a limit is a value with a description


def _values(file: Path, section: str) -> dict[str, Any]:
    values: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    for part in section.split("."):
        values = values.get(part, {})
    return dict(values)


def _number(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_number(each) for each in value)}]"
    return f"{value:g}" if isinstance(value, float) else json.dumps(value)


def _shown(value: Any) -> str:
    if isinstance(value, dict) and value:
        return f"`{_number(value['max'])}`, {value['action']}"
    return "" if value in (None, {}) else f"`{_number(value)}`"


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


def params_tables(use_case: str) -> str:
    """A heading, a sentence and a table for each section of the params that has values."""
    kind, file, _ = PARAMS[use_case]
    text = ""
    for section, part in sections(kind):
        own = {name: field for name, field in part.model_fields.items() if not _is_section(field)}
        if own:
            values = _values(file, section)
            rows = "".join(_param_row(section, name, field, values) for name, field in own.items())
            text += f"### {section}\n\n{_first_line(part)}\n\n| key | default | meaning |\n|---|---|---|\n{rows}\n"
    return text.rstrip("\n") + "\n"


def _with_part(text: str, name: str, part: str) -> str:
    pattern = re.compile(rf"(<!-- generated: {name} -->\n\n).*?(\n<!-- end -->)", re.S)
    text, count = pattern.subn(lambda found: found[1] + part + found[2], text)
    assert count == 1, f"no page has a place for the {name}"
    return text


def roles_table() -> str:
    """One row per route that needs a role."""
    app = create_app(Settings())
    found = [(route, requirement_of(route)) for route in app.routes if isinstance(route, APIRoute)]
    lines = sorted(
        (needed.use_case or "", route.path_format, method, needed)
        for route, needed in found
        if needed is not None
        for method in route.methods
    )
    rows = [_row("route", "use case", *ROLES), _row("---", "---", *("---" for _ in ROLES)).replace(" ", "")]
    for use_case, path, method, needed in lines:
        by = " (session)" if "/page" in path else ""
        cells = ("yes" if covers(role, needed.role) else "" for role in ROLES)
        rows.append(_row(f"`{method} {path}`{by}", use_case, *cells))
    return "".join(rows)


def security_text() -> str:
    """The page about security with its generated part as it should be."""
    return _with_part(SECURITY.read_text(encoding="utf-8"), "roles", roles_table())


def page_text(use_case: str) -> str:
    """The page of a use case's params with its generated parts as they should be."""
    page = PARAMS[use_case][2]
    text = page.read_text(encoding="utf-8")
    if page == PAGE:
        text = _with_part(text, "settings", settings_table())
    return _with_part(text, "params", params_tables(use_case))


def params_file_text(use_case: str) -> str:
    """The params file with the comments that the descriptions give."""
    kind, file, _ = PARAMS[use_case]
    kinds, section, lines = dict(sections(kind)), "", []
    for line in file.read_text(encoding="utf-8").splitlines():
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
    return f"({busy(key)}) {text}" if kind.__module__.startswith(news.__package__ or "") and key in AUTO else text


if __name__ == "__main__":
    SECURITY.write_text(security_text(), encoding="utf-8")
    for name, (_, file, page) in PARAMS.items():
        page.write_text(page_text(name), encoding="utf-8")
        file.write_text(params_file_text(name), encoding="utf-8")
