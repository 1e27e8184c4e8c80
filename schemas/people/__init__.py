"""The register of people as data: records, roles, signatures, sealed keys."""
