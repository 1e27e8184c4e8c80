"""How it runs: deployments and triggers made from the stage table, the local stack, the program."""
