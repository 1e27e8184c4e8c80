"""Sealing: find what is not sealed yet, sign it, write the notes."""
