"""Delivery of notes to people: first as files, then by e-mail."""
