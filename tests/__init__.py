"""A package by this file, or a library that ships its own `tests` would be found first."""
