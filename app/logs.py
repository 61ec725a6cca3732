"""Formats log records, one a line: as JSON for programs, or as text for people.

Nothing in a record, such as a newline or a control character of a request, breaks its line.
"""

import json
import logging
import re
import time
from contextvars import ContextVar
from typing import Any, Literal

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]

# The id of the current request; every record that is logged meanwhile has it.
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
# The key of `extra` for further fields of a record: a mapping of names to plain values.
FIELDS = "fields"
_SELDOM_SECONDS = 1.0
_KEY = re.compile("(quoth_[0-9a-f]{8}_)[0-9a-f]+", re.ASCII)
_WITHHELD = "(the message is withheld; QUOTH_LOG_QUERY=true shows it)"


def configuration(log_format: LogFormat, level: LogLevel) -> dict[str, Any]:
    """Return a configuration for logging.config.dictConfig: all records, uvicorn's too, in one format on stderr."""
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
            # These undo uvicorn's own configuration, which does not propagate records.
            "uvicorn": {"handlers": [], "level": "NOTSET", "propagate": True},
            "uvicorn.error": {"handlers": [], "level": "NOTSET", "propagate": True},
            # Its lines for debugging quote what was asked.
            "mcp": {"level": "WARNING"},
            # The application logs requests itself, with their ids and routes.
            "uvicorn.access": {"handlers": ["nowhere"], "propagate": False},
        },
    }


def without_message(error: BaseException) -> BaseException:
    """Return a stand-in for an error and for those that led to it: of the same types and with the same places in the
    code, without their messages, which may quote what was asked for or stored.
    """
    kind = type(type(error).__qualname__, (Exception,), {"__module__": type(error).__module__})
    stand_in: BaseException = kind(_WITHHELD).with_traceback(error.__traceback__)
    led_to_it = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    stand_in.__cause__ = None if led_to_it is None else without_message(led_to_it)
    return stand_in


def _without_keys(text: str) -> str:
    """Return a text without the secrets of keys, wherever somebody has put them."""
    return _KEY.sub(r"\1***", text) if "quoth_" in text else text


class JsonFormatter(logging.Formatter):
    """Writes a JSON object: `time` (UTC), `level`, `logger`, `message`, `request_id`, `error` and the record's fields.

    Only ASCII is written, so that no character can break a line, change its direction or be invalid.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        entry: dict[str, Any] = {
            "time": _time_of(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        request_id = REQUEST_ID.get()
        if request_id is not None:
            entry["request_id"] = request_id
        entry.update(getattr(record, FIELDS, {}))
        if record.exc_info and record.exc_info[0] is not None:
            entry["error"] = {
                "type": record.exc_info[0].__qualname__,
                "message": str(record.exc_info[1]),
                "traceback": self.formatException(record.exc_info),
            }
        return _without_keys(json.dumps(entry, default=str, separators=(",", ":")))


class TextFormatter(logging.Formatter):
    """Writes a line for a terminal; a traceback follows it, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        text = f"{_time_of(record)} {record.levelname:<7} {record.getMessage()}"
        fields = getattr(record, FIELDS, {})
        request_id = fields.get("request_id") or REQUEST_ID.get()
        text = _on_one_line(f"{text} [{request_id}]" if request_id else text)
        if record.exc_info and record.exc_info[0] is not None:
            lines = self.formatException(record.exc_info).splitlines()
            text = "\n".join([text, *(f"    {_on_one_line(line)}" for line in lines)])
        return _without_keys(text)


class Seldom:
    """Warns of what may happen thousands of times a second, in one line a second at most."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._next = 0.0
        self._left_out = 0

    def warn(self, message: str, *arguments: object) -> None:
        """Warn, or count how often nothing was written."""
        now = time.monotonic()
        if now < self._next:
            self._left_out += 1
            return
        times = f" ({self._left_out} times more since the last line)" if self._left_out else ""
        self._next, self._left_out = now + _SELDOM_SECONDS, 0
        self._log.warning(f"{message}%s", *arguments, times)


_FORMATTERS: dict[LogFormat, type[logging.Formatter]] = {"text": TextFormatter, "json": JsonFormatter}


def _time_of(record: logging.LogRecord) -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z"


def _on_one_line(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
