"""Private keys: people's, sealed, in the bucket; the system's, in the settings."""
