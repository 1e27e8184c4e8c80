"""Sealing: find what is new, sign it, write the notes."""
