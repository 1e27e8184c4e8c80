"""The local stack: S3, Prefect and the runners, started and supervised together."""
