"""A Kubernetes cluster of one node on this machine, with the chart installed in it: ``make verify-cluster``."""
