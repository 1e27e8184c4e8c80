"""The runner: a long-lived process that takes runs and executes them."""
