"""Returns in, checked evidence or problems out. Only this room reads uploads, in a limited child process.

Only `evidence/gate.py` imports Great Expectations, inside the child.
"""
