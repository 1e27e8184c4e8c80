"""The audit report as values, built from histories. No I/O."""
