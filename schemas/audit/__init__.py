"""The audit report as data."""
