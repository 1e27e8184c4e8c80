"""What people do to an inspection, one file a subject."""
