"""What lies outside: the S3 server by boto3, and the one small port to Prefect's HTTP interface."""
