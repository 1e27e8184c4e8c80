"""The documents of an inspection: what people send in, what the stages make, what is published."""
