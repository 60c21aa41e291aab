"""The chapters of the demo: each makes something happen with the platform's own commands and API."""
