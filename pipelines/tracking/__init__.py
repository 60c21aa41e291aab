"""Records trainings and releases in MLflow afterwards: MLflow may be down at any time, and nothing waits for it.

    run's folders, releases  ──record──▶  <data>/tracking/<use case>/outbox  ──deliver──▶  MLflow

A training leaves a record in the outbox, which needs no MLflow. Reconciling, in a process of its own with a time limit,
delivers what waits there, and makes the registered model agree with the releases: one version for each release, the
alias ``production`` on the one in service, ``candidate`` on the newest. Reconciling again changes nothing.
"""
