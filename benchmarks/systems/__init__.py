"""The systems that are measured side by side: ours, and others each in an environment of its own."""
