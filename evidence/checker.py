"""The process that checks returns: it loads what a check needs once, and forks a limited child for each check.

`checker_client.py` starts it, with no credential in its environment, and it ends with the process that started it. Each
child gets one request over the socket and answers with JSON. What a library prints is dropped: it may hold case data.

Usage: python -m evidence.checker <path of the socket> <pid of the process that starts it>
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import socketserver
import sys
from pathlib import Path
from typing import Final

from evidence.examination import Request, examine
from evidence.gate import preload
from evidence.limits import limit_this_process

_AT_ONCE: Final = 4


class Checker(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    """Forks for each request, a few at once; ends when its starter has ended."""

    max_children = _AT_ONCE
    request_queue_size = 64

    def __init__(self, path: str, starter: int) -> None:
        self._starter = starter
        super().__init__(path, Check)

    def service_actions(self) -> None:
        """End this process when its starter has ended."""
        super().service_actions()
        if os.getppid() != self._starter:
            # The starter was killed and cannot remove the folder that it made for this process alone.
            shutil.rmtree(Path(str(self.server_address)).parent, ignore_errors=True)
            sys.exit(0)


class Check(socketserver.StreamRequestHandler):
    """One check, in a child of its own."""

    def handle(self) -> None:
        """Examine the return that was sent and answer; send nothing when that fails."""
        limit_this_process()
        request = Request.model_validate_json(self.rfile.read())
        self.wfile.write(examine(request).model_dump_json().encode())


def main() -> None:
    """Load everything, then wait for requests."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the starter
    preload()
    # So that the children share this memory, instead of copying it when the garbage collector first touches it.
    gc.freeze()
    with Checker(sys.argv[1], int(sys.argv[2])) as checker:
        checker.serve_forever(poll_interval=0.2)


if __name__ == "__main__":
    main()
