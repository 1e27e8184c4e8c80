"""The log of a service: one JSON object a line, of ids, counts and classes of errors, never text that anybody sent."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
from typing import Final

_OF_EVERY_RECORD: Final = frozenset(vars(logging.makeLogRecord({})))


class JsonLines(logging.Formatter):
    """Write a record as one line of JSON: instant in UTC, level, logger, message, and what it bears besides."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        line = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        borne = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        if record.exc_info and record.exc_info[0]:
            # The class alone: what an exception says may quote what it met.
            borne["error"] = record.exc_info[0].__name__
        return json.dumps({**borne, **line}, default=str)


def log_as_json(name: str) -> None:
    """Have a logger and all below it write JSON lines to standard error, and nothing twice."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger(name)
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
