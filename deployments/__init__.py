"""How it runs: deployments made from the stage table, the local stack, the program."""
