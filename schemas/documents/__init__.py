"""The documents of an inspection: returns, what each stage makes of them, and what is published.

A document is an immutable value. Its canonical JSON is an artefact, named by its SHA-256.
"""
