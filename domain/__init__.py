"""The rules, as plain functions of values: no I/O, no clock, no randomness, no framework."""
