"""The log of a runner: one JSON object a line; ids, counts and classes of errors, never text that somebody sent."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
from typing import Final

_STANDARD_FIELDS: Final = frozenset(vars(logging.makeLogRecord({})))


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON: instant in UTC, level, logger, message and extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON."""
        line = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD_FIELDS}
        if record.exc_info and record.exc_info[0]:
            # The class alone: the text of an exception may quote what somebody sent.
            extra["error"] = record.exc_info[0].__name__
        return json.dumps({**extra, **line}, default=str)


def log_as_json(name: str) -> None:
    """Make a logger and its children write JSON lines to standard error, each once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger(name)
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
