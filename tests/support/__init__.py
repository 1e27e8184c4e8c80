"""What tests share: real implementations of the ports that need no server."""
