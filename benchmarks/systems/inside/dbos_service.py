"""The empty stages as workflows of DBOS, each started through a queue by the one before it; runs in its environment."""

from __future__ import annotations

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dbos import DBOS

from benchmarks.stage_body import STAGES, work

_QUEUE = "stages"


@DBOS.step()
def _do(instance: str, number: int) -> None:
    work(instance, number)


@DBOS.workflow()
def stage(instance: str, number: int) -> None:
    """Do one stage and have the next done."""
    _do(instance, number)
    if number < STAGES:
        DBOS.enqueue_workflow(_QUEUE, stage, instance, number + 1)


class _Door(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Say that it serves."""
        self._answer()

    def do_POST(self) -> None:
        """Start the instance that the path names."""
        DBOS.enqueue_workflow(_QUEUE, stage, self.path.strip("/"), 1)
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""

    def _answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def main() -> None:
    """Serve until it is ended."""
    DBOS(config={"name": "bench", "system_database_url": os.environ["BENCH_DATABASE"], "log_level": "WARNING"})
    DBOS.launch()
    DBOS.register_queue(_QUEUE, polling_interval_sec=float(os.environ["BENCH_POLL_SECONDS"]))
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["BENCH_PORT"])), _Door).serve_forever()


if __name__ == "__main__":
    main()
