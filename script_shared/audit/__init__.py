"""The record of decisions: who changed what users get, when, why, from what to what, and on which evidence.

``script_shared.decisions`` makes decisions, ``trail`` writes them:
``AuditTrail.record(decision)``, or ``record_once(settings, decision)`` in a process without a trail. In ``pipelines``,
call ``pipelines.decisions.record(settings, decision)``; in a route of ``app``, take ``TheDecisions`` of
``app.decisions``.
"""
