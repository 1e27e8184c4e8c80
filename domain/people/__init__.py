"""The register of people: its rules, its state, and who signed an entry."""
