"""Builds the dashboards of `grafana/dashboards`: `python -m grafana.builder` writes them."""
