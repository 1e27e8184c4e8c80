"""S3 by boto3: clients, objects, versions, buckets and what a server must guarantee."""
