"""The port to Prefect's HTTP API: announce events, start runs, sweep."""
