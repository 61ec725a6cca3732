import json
import logging
import logging.config
import sys
from typing import Any, get_args

import pytest

from app.logs import FIELDS, REQUEST_ID, JsonFormatter, LogFormat, LogLevel, TextFormatter, configuration

# A newline, an escape sequence, a right-to-left override, a line separator, a lone surrogate, C1, DEL and NUL.
HOSTILE = 'a\nb\r\x1b[31m\u202e\u2028\udc80\x85\x7f\0"} {"level":"critical"'


def _record(message: str, error: Exception | None = None, **fields: Any) -> logging.LogRecord:
    thrown = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("quoth.test", logging.WARNING, __file__, 1, message, None, thrown)
    setattr(record, FIELDS, fields)
    return record


def _raised(words: str) -> Exception:
    with pytest.raises(RuntimeError) as caught:
        _raise(words)
    return caught.value


def _raise(words: str) -> None:
    raise RuntimeError(words)


def test_json_record_is_one_object_on_one_line_of_ascii() -> None:
    record = _record(HOSTILE, _raised(HOSTILE), path=HOSTILE, status=200, kept=None, odd={1})
    record.created, record.msecs = 1_767_323_045.25, 250.0
    line = JsonFormatter().format(record)
    assert line.isascii()
    assert line.isprintable()
    entry = json.loads(line)
    assert entry["time"] == "2026-01-02T03:04:05.250Z"
    assert (entry["level"], entry["logger"], entry["message"]) == ("warning", "quoth.test", HOSTILE)
    assert (entry["path"], entry["status"], entry["kept"], entry["odd"]) == (HOSTILE, 200, None, "{1}")
    assert (entry["error"]["type"], entry["error"]["message"]) == ("RuntimeError", HOSTILE)
    assert entry["error"]["traceback"].startswith("Traceback")
    assert "request_id" not in entry


def test_text_record_is_one_line_and_its_traceback_indented() -> None:
    line = TextFormatter().format(_record(HOSTILE, request_id="r1"))
    assert line.isprintable()
    assert line.endswith("[r1]")
    assert r"a\nb\r\x1b[31m\u202e\u2028\udc80\x85\x7f\x00" in line
    first, *rest = TextFormatter().format(_record("failed", _raised("x\n2026 ERROR forged\x1b[0m"))).split("\n")
    assert first.endswith("WARNING failed")
    assert len(rest) > 3
    for one in rest:
        assert one.startswith("    ")
        assert one.isprintable()


def test_every_record_made_during_a_request_carries_its_id() -> None:
    token = REQUEST_ID.set("r2")
    try:
        assert json.loads(JsonFormatter().format(_record("from elsewhere")))["request_id"] == "r2"
        assert TextFormatter().format(_record("from elsewhere")).endswith("[r2]")
    finally:
        REQUEST_ID.reset(token)


@pytest.mark.parametrize("level", get_args(LogLevel))
@pytest.mark.parametrize("log_format", get_args(LogFormat))
def test_configuration_writes_everything_in_one_form_and_the_servers_access_log_not_at_all(
    log_format: LogFormat, level: LogLevel, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["", "uvicorn", "uvicorn.error", "uvicorn.access"]
    before = {name: (logging.getLogger(name).handlers[:], logging.getLogger(name).level) for name in names}
    try:
        logging.config.dictConfig(configuration(log_format, level))
        logging.getLogger("uvicorn.error").error("from the server")
        logging.getLogger("quoth.api").info("of ours")
        logging.getLogger("uvicorn.access").error("twice")
    finally:
        for name, (handlers, was) in before.items():
            logging.getLogger(name).handlers[:] = handlers
            logging.getLogger(name).setLevel(was)
        logging.getLogger("uvicorn.access").propagate = True
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == (2 if level in {"debug", "info"} else 1)
    if log_format == "json":
        assert json.loads(lines[0])["logger"] == "uvicorn.error"
    else:
        assert lines[0].endswith("ERROR   from the server")


@pytest.mark.parametrize("formatter", [JsonFormatter, TextFormatter])
def test_no_line_has_the_secret_of_a_key(formatter: type[logging.Formatter]) -> None:
    secret = "0123456789abcdef" * 4
    key = f"quoth_3f9a1c02_{secret}"
    record = _record(f"said {key} and {key[:-7]}", _raised(f"no {key}"), path=f"/v1/{key}")
    line = formatter().format(record)
    assert "quoth_3f9a1c02_***" in line
    assert secret[:8] not in line


def test_formatters_do_not_fail_on_a_record_without_more_than_a_message() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "%s and %s", ("a", "b"), None)
    assert json.loads(JsonFormatter().format(record))["message"] == "a and b"
    assert TextFormatter().format(record).endswith("INFO    a and b")
    record.exc_info = sys.exc_info()
    assert "error" not in json.loads(JsonFormatter().format(record))
