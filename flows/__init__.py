"""The five stage flows and the sweep. Each reads like prose; what may follow what stands in the stage table."""
