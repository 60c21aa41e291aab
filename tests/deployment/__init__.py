"""What can be checked of a deployment without a cluster and without a cloud: `make verify-kubernetes`, `verify-ecs`."""
