"""Params of DAGs that are started by hand: documented, and checked before the run starts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from airflow.sdk import Param

from pipelines.use_case import Force, Options, UseCase
from script_shared.use_case_settings import variable

RUN_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.+-]{0,127}$"


def source_params(case: UseCase) -> dict[str, Param]:
    """Where raw data comes from."""
    source, path = (_setting(case, field) for field in ("source", "source_path"))
    return {
        "source": Param(
            None,
            type=["null", "string"],
            enum=[None, *case.sources],
            title="Source",
            description=f"Where raw data comes from. Empty: the setting {source}.",
        ),
        "source_path": Param(
            None,
            type=["null", "string"],
            minLength=1,
            title="Source path",
            description=f"Folder or file that the source reads, as the workers see it. Empty: the setting {path}.",
        ),
        "refresh": Param(
            False,
            type="boolean",
            title="Download again",
            description="Fetch or generate the files even if they seem unchanged since the last run.",
        ),
    }


def _setting(case: UseCase, field: str) -> str:
    return f"PAUTA_{field}".upper() if case.name == "news" else variable(case.name, field)


def run_param(meaning: str) -> dict[str, Param]:
    """The run to work on; ``meaning`` says what an empty one means."""
    title = "Run id"
    return {
        "run_id": Param(
            None,
            type=["null", "string"],
            pattern=RUN_ID_PATTERN,
            title=title,
            description=f"Letters, digits, _ . + -. Empty: {meaning}.",
        )
    }


def force_param() -> dict[str, Param]:
    """A person's word over the gate's."""
    return {
        "force": Param(
            None,
            type=["null", "string"],
            enum=[None, *get_args(Force)],
            title="Overrule the gate",
            description="promote: promote the candidate even if the gate refuses. "
            "refuse: publish it, but leave the release in service. Empty: the gate decides.",
        )
    }


def options_of(params: Mapping[str, Any]) -> Options:
    """The run's options, from whichever of the params above its DAG has."""
    path = params.get("source_path")
    return Options(
        source=params.get("source") or None,
        source_path=Path(path) if path else None,
        force=params.get("force") or None,
        refresh=bool(params.get("refresh")),
    )
