"""The record in S3: ledger, register, seals, artefacts and the public bucket."""
