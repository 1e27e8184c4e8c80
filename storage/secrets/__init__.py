"""Private keys: people's, sealed in the private bucket; the system's, in the settings."""
