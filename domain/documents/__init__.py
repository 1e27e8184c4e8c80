"""What the documents of an inspection must satisfy and how one follows from another."""
