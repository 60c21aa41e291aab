"""The figures of a verification as Markdown, for the deploy guide."""

from typing import Any

Figures = dict[str, Any]


def markdown(figures: Figures) -> str:
    """The table of steps, and the one of images, starts, memory and recovery."""
    return "\n".join([*_steps(figures["steps"]), "", *_services(figures["notes"])])


def _steps(rows: list[Figures]) -> list[str]:
    lines = ["| step | seconds | result |", "|---|---|---|"]
    for row in rows:
        result = row["facts"] if row["result"] == "ok" else f"{row['result']}: {row['facts']}"
        lines.append(f"| `{row['step']}` | {row['seconds']:.0f} | {' '.join(result.split()).replace('|', '/')} |")
    return lines


def _services(notes: Figures) -> list[str]:
    """One line per service; the size of an image is shown at its first service."""
    images, memory = notes.get("image_mb", {}), notes.get("memory", {})
    starts, recovery = notes.get("start_seconds", {}), notes.get("recovery_seconds", {})
    lines = ["| service | image, MB | healthy after, s | memory | back after a kill, s |", "|---|---|---|---|---|"]
    for name in [*starts, *(set(memory) - set(starts))]:
        cells = (images.get(_image(name), ""), starts.get(name, ""), memory.get(name, ""), recovery.get(name, ""))
        lines.append(f"| `{name}` | {' | '.join(str(cell) for cell in cells)} |")
    return lines


def _image(service: str) -> str:
    return "airflow" if service.startswith("airflow") else service
