"""Decisions as the record has them.

``kinds`` makes them: ``experiment_decision``, ``editorial_decision``, ``drift_decision``, ``training_decision``,
``rollback_decision`` (by the guard), ``configuration_decision``, ``maintenance_decision``. ``script_shared.audit``
writes them.
"""
