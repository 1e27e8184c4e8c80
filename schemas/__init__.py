"""The data: stages, acts, documents, tables, ledger entries and errors. No I/O, no framework but pydantic."""
