"""The steps of the stages: one side effect each, as plain functions and, in `prefect_steps`, as Prefect tasks."""
