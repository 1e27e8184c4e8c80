"""What people do to an inspection, one file an act."""
