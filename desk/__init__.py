"""Where people work: the acts, the board, the audit, as functions and as the commands of `ncpi`."""
