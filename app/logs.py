"""How records of the standard library's logging are written: a JSON object a line for programs, or text for people.

Whatever stands in a record, a newline or a control character from a stranger's request too, it stays within its line.
"""

import json
import logging
import time
from contextvars import ContextVar
from typing import Any, Literal

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]

# The id of the request that is being answered, so that whatever is logged meanwhile, by whomever, carries it.
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
# The key of `extra` under which a record has more than its message: a mapping of names to plain values.
FIELDS = "fields"


def configuration(log_format: LogFormat, level: LogLevel) -> dict[str, Any]:
    """Return what logging.config.dictConfig takes: everything, the server's own records too, in one form on stderr."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": {"()": f"{__name__}.{_FORMATTERS[log_format].__name__}"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "chosen"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            # A server that was configured by itself before keeps its records to itself.
            "uvicorn": {"handlers": [], "level": "NOTSET", "propagate": True},
            "uvicorn.error": {"handlers": [], "level": "NOTSET", "propagate": True},
            # Requests are logged by ourselves, with their ids and routes.
            "uvicorn.access": {"handlers": ["nowhere"], "propagate": False},
        },
    }


class JsonFormatter(logging.Formatter):
    """A JSON object a record: `time` (UTC), `level`, `logger`, `message`, `request_id`, `error` and the fields it has.

    Only ASCII is written, so that nothing can break a line, turn its direction or be no text at all.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        told: dict[str, Any] = {
            "time": _time_of(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        request_id = REQUEST_ID.get()
        if request_id is not None:
            told["request_id"] = request_id
        told.update(getattr(record, FIELDS, {}))
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = {
                "type": record.exc_info[0].__qualname__,
                "message": str(record.exc_info[1]),
                "traceback": self.formatException(record.exc_info),
            }
        return json.dumps(told, default=str, separators=(",", ":"))


class TextFormatter(logging.Formatter):
    """A line a record for somebody at a terminal; a traceback follows it, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        told = f"{_time_of(record)} {record.levelname:<7} {record.getMessage()}"
        fields = getattr(record, FIELDS, {})
        request_id = fields.get("request_id") or REQUEST_ID.get()
        told = _on_one_line(f"{told} [{request_id}]" if request_id else told)
        if record.exc_info and record.exc_info[0] is not None:
            lines = self.formatException(record.exc_info).splitlines()
            told = "\n".join([told, *(f"    {_on_one_line(line)}" for line in lines)])
        return told


_FORMATTERS: dict[LogFormat, type[logging.Formatter]] = {"text": TextFormatter, "json": JsonFormatter}


def _time_of(record: logging.LogRecord) -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z"


def _on_one_line(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
