"""Seals and proofs as data."""
