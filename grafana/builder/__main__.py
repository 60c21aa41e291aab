"""``python -m grafana.builder`` writes every dashboard into ``grafana/dashboards``."""

import json
from pathlib import Path
from typing import Any

from grafana.builder import models, pipelines, recommendations, service
from grafana.builder.boards import content

FOLDER = Path(__file__).parents[1] / "dashboards"


def dashboards() -> dict[str, dict[str, Any]]:
    """By the name of their file."""
    made = {"service": service, "recommendations": recommendations, "models": models, "pipelines": pipelines}
    return {f"{name}.json": content(module.make()) for name, module in made.items()}


def text(dashboard: dict[str, Any]) -> str:
    """As it is committed."""
    return json.dumps(dashboard, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    for name, dashboard in dashboards().items():
        (FOLDER / name).write_text(text(dashboard), encoding="utf-8")


if __name__ == "__main__":
    main()
