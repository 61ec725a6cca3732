"""What docs/operations.md says of checks, fields and numbers is what there is; the unit for systemd is one."""

import json
import logging
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.logs import JsonFormatter
from app.main import create_app
from app.maintenance.integrity import CHECKS
from app.settings import Settings
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
UNIT = ROOT / "docs" / "operation" / "quoth.service"


def _section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _named_in_tables(section: str) -> set[str]:
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([a-z_*-]+)`", cell)}


def test_page_names_every_check_and_no_other() -> None:
    assert _named_in_tables(_section("`quoth verify-database`")) == {check.name for check in CHECKS}


def test_page_names_every_metric_and_no_other(seeded: Database, database_url: str) -> None:
    with TestClient(create_app(Settings(database_url=database_url, metrics=True))) as client:
        client.get("/v1/topics")
        text = client.get("/metrics").text
    reported = {name for name in re.findall(r"^# TYPE (\w+)", text, re.MULTILINE) if name.startswith("quoth_")}
    assert _named_in_tables(_section("Metrics")) - {"process_*"} == reported


def test_page_names_every_field_of_the_log(
    seeded: Database, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    named = _named_in_tables(_section("The log"))
    app = create_app(Settings(database_url=database_url, log_query=True, log_client=True))
    with caplog.at_level(logging.INFO, "quoth.access"), TestClient(app) as client:
        client.get("/v1/topics?limit=1")
    (reported,) = (json.loads(JsonFormatter().format(one)) for one in caplog.records if one.name == "quoth.access")
    assert set(reported) <= named
    assert named - set(reported) == {"is_whole", "trace_id", "span_id", "error"}


def test_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        # Containers have none; what the unit says is tested by the other tests of this page.
        pytest.skip("systemd is not installed here")
    # The program is where it will be installed, which is not here.
    text = re.sub(r"^(ExecStart(?:Pre)?=)\S+", rf"\1{shutil.which('true')}", UNIT.read_text(), flags=re.MULTILINE)
    copy = tmp_path / "quoth.service"
    copy.write_text(text)
    done = subprocess.run([program, "verify", copy], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    rated = subprocess.run([program, "security", "--offline=yes", copy], capture_output=True, text=True, check=False)
    found = re.search(r"exposure level for quoth.service: ([0-9.]+)", rated.stdout)
    assert found is not None
    assert float(found[1]) < 2
