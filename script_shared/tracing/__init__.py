"""OpenTelemetry traces: off unless the standard ``OTEL_*`` variables ask for them (docs/traces.md)."""
