"""The empty stages as DAGs of Airflow, each triggered by the one before it; runs in its environment.

The work and the trigger are one task, so that a stage costs one task and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG

from benchmarks.stage_body import STAGES, work


class StageOperator(TriggerDagRunOperator):
    """Do a stage, then trigger the next."""

    def __init__(self, *, number: int, **kwargs: object) -> None:
        self.number = number
        super().__init__(trigger_dag_id=f"stage_{number + 1}", conf={"instance": "{{ params.instance }}"}, **kwargs)

    def execute(self, context: Mapping[str, Any]) -> None:
        """Work and trigger."""
        work(context["params"]["instance"], self.number)
        super().execute(context)


def _last(params: Mapping[str, str]) -> None:
    work(params["instance"], STAGES)


for number in range(1, STAGES + 1):
    with DAG(f"stage_{number}", schedule=None, max_active_runs=64, params={"instance": ""}) as dag:
        if number < STAGES:
            StageOperator(task_id="work", number=number)
        else:
            PythonOperator(task_id="work", python_callable=_last)
    globals()[dag.dag_id] = dag
