"""What is measured of this system, each one command."""
