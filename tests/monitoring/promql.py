"""What a PromQL expression asks for."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "docker" / "prometheus" / "alerts.yml"
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
OF_PROMETHEUS = {"up", "ALERTS"}  # made by Prometheus itself
OF_ALERTMANAGER = {"alertmanager_notifications_failed_total"}
NOT_METRICS = re.compile(
    r"""\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)|\boffset\s+[$\w]+"""
)
KEYWORDS = {"and", "or", "unless", "bool", "group_left", "group_right", "on"}
SELECTOR = re.compile(r"\b([a-zA-Z_:][\w:]*)\{([^}]*)\}")
GROUPED = re.compile(r"\b(?:by|on|group_left)\s*\(([^)]*)\)")


def metrics_of(expression: str) -> set[str]:
    """Names in a PromQL expression that are neither functions, labels nor keywords."""
    return set(re.findall(r"\b[a-zA-Z_:][\w:]*\b(?!\s*\()", NOT_METRICS.sub(" ", expression))) - KEYWORDS


def labels_of(expression: str) -> set[str]:
    """Labels that a PromQL expression matches or groups by."""
    matched = {name for _, inside in SELECTOR.findall(expression) for name in re.findall(r"(\w+)\s*[=!]", inside)}
    return matched | {
        name.strip() for inside in GROUPED.findall(expression) for name in inside.split(",") if name.strip()
    }


def alerts() -> dict[str, dict[str, str]]:
    """Every alert rule by its name."""
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}
