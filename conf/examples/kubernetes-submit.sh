#!/usr/bin/env bash
# Kubernetes without an operator: Spark's own submission. $1: the API server, https://host:port. Image: see kubernetes.yaml.
set -euo pipefail
exec "$SPARK_HOME/bin/spark-submit" \
  --master "k8s://$1" \
  --deploy-mode cluster \
  --name sparkgpt \
  --class org.sparkgpt.jobs.SparkGpt \
  --conf spark.kubernetes.namespace=spark \
  --conf spark.kubernetes.container.image=registry.example.org/sparkgpt:0.1.0 \
  --conf spark.kubernetes.authenticate.driver.serviceAccountName=spark \
  --conf spark.executor.instances=4 \
  --conf spark.executor.cores=8 \
  --conf spark.executor.memory=6g \
  --conf spark.executor.memoryOverhead=8g \
  --conf spark.task.cpus=8 \
  local:///opt/sparkgpt/sparkgpt.jar pipeline hdfs://namenode:8020/runs/run.yaml train.workers=4
