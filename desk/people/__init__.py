"""The register's acts: who comes in, changes, goes; each signed and refused before it is written if it may not be."""
