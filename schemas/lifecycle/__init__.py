"""The life of an inspection as data: states and moves, acts, stages, the entry of the ledger."""
