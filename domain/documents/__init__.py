"""The rules of an inspection's documents, and how one document is made from others."""
