"""The commands of `ncpi`; each reads options, calls one function, prints the result."""
