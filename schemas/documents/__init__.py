"""The documents of an inspection: what people send in, what each stage makes, what is published.

A document is a value: strict, frozen, closed. Its canonical JSON is an artefact, named by its SHA-256.
"""
