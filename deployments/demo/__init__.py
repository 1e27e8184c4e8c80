"""The demonstration: one real inspection through all five stages."""
