"""End the process that checks returns, so that the next check starts another."""

from __future__ import annotations

from evidence.checker_client import _checker


def stop_checker() -> None:
    """End it, if it runs, with its folder."""
    with _checker._lock:
        if _checker._process is not None:
            _checker._process.kill()
            _checker._process.wait()
            _checker._process = None
        if _checker._folder is not None:
            _checker._folder.cleanup()
            _checker._folder = None
