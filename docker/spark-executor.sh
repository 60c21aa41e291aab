#!/bin/sh
# Starts an executor of Spark in its pod (docs/spark.md). Spark describes the executor in variables of the environment.
set -eu
# -I: PYTHONPATH, which comes from the driver, may name a copy of PySpark without its jars.
jars=$(python -I -c 'import importlib.util as found; print(found.find_spec("pyspark").submodule_search_locations[0])')/jars
number=0
set --
while option=$(printenv "SPARK_JAVA_OPT_$number"); do
  set -- "$@" "$option"
  number=$((number + 1))
done
exec java "$@" "-Xms$SPARK_EXECUTOR_MEMORY" "-Xmx$SPARK_EXECUTOR_MEMORY" -cp "$jars/*" \
  org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend \
  --driver-url "$SPARK_DRIVER_URL" --executor-id "$SPARK_EXECUTOR_ID" --cores "$SPARK_EXECUTOR_CORES" \
  --app-id "$SPARK_APPLICATION_ID" --hostname "$SPARK_EXECUTOR_POD_IP" \
  --resourceProfileId "$SPARK_RESOURCE_PROFILE_ID" --podName "$SPARK_EXECUTOR_POD_NAME"
