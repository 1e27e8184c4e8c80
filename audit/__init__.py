"""Verify the record, report on it, prove and export parts of it. Reads only."""
