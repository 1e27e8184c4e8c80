"""The local stack: S3, Prefect and the serving processes, started and supervised together."""
