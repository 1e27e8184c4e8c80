"""The serving process: it listens for events and runs flows."""
