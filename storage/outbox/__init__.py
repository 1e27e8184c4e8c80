"""Deliver notes to people: files first, then e-mail."""
