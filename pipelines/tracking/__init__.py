"""Records trainings and releases in MLflow afterwards: MLflow may be down at any time, and nothing waits for it.

    folders of the runs, releases  ──reconcile──▶  MLflow

The folders of the runs are the only source. Reconciling, in a process of its own with a time limit, makes a record of
each training whose folders are there, writes those that MLflow lacks, and makes the registered model agree with the
releases: one version for each release, the alias ``production`` on the one in service, ``candidate`` on the newest.
Reconciling again changes nothing. When maintenance removes a run that MLflow lacks, it keeps the manifests and pages.
"""
