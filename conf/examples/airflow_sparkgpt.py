"""Airflow: trains on YARN every night; a retry goes on where the last attempt stopped.

Needs apache-airflow-providers-apache-spark and a connection "spark_yarn" (Spark, host "yarn").
What YARN's diagnostics call "exit code 2" or "exit code 4" a retry cannot mend; spark-submit itself
ends with 1 for each of them, so retries are few.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

with DAG(
    dag_id="sparkgpt",
    start_date=datetime(2026, 1, 1),
    schedule="30 1 * * *",
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
) as dag:
    # One Airflow task a stage: what is up to date ends in seconds, so the order is all that counts.
    prepare = SparkSubmitOperator(
        task_id="prepare",
        conn_id="spark_yarn",
        deploy_mode="cluster",
        name="sparkgpt prepare",
        application="hdfs:///apps/sparkgpt.jar",
        java_class="org.sparkgpt.jobs.SparkGpt",
        application_args=["pipeline", "hdfs:///runs/run.yaml", "--until", "tokenize"],
        num_executors=8,
        executor_cores=4,
        executor_memory="8g",
        conf={"spark.yarn.maxAppAttempts": "1"},
    )
    train = SparkSubmitOperator(
        task_id="train",
        conn_id="spark_yarn",
        deploy_mode="cluster",
        name="sparkgpt train",
        application="hdfs:///apps/sparkgpt.jar",
        java_class="org.sparkgpt.jobs.SparkGpt",
        application_args=["pipeline", "hdfs:///runs/run.yaml", "train.workers=4"],
        num_executors=4,
        executor_cores=8,
        executor_memory="6g",
        driver_memory="2g",
        conf={
            "spark.executor.memoryOverhead": "8g",
            "spark.task.cpus": "8",
            "spark.dynamicAllocation.enabled": "false",
            "spark.speculation": "false",
            "spark.yarn.maxAppAttempts": "1",
        },
    )
    prepare >> train
