"""Returns in, checked evidence or problems out. Uploads are read here and nowhere else, in a limited child process.

Great Expectations is imported by `evidence/gate.py` alone, inside the child.
"""
