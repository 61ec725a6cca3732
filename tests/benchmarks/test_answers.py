"""The benchmark of answers tells right from wrong."""

import json
from pathlib import Path

import pytest

from benchmarks import answers

RECORD = """Ada Lind: Did the bridge need mending?
Ben Holm: The town did not mend the old bridge in the winter of the flood.
Ada Lind: The old bridge.
"""
VERDICTS = [
    {"id": "right", "quote": "The town did … mend the old bridge", "right": "altered, never elided"},
    {"id": "wrong", "quote": "The town did not mend the old bridge", "right": "altered"},
]
SEARCHES = [
    {"id": "named", "kind": "a name finds nothing", "request": "/v1/search?q=Holm", "right": "him"},
    {"id": "long", "kind": "an interjection wins", "request": "/v1/search?q=old+bridge", "right": "the answer"},
    {"id": "slip", "kind": "a slip drowns words", "request": "/v1/search?q=bridge", "right": "replaced"},
    {"id": "other", "kind": "another", "request": "/v1/search?q=bridge", "right": "see for yourself"},
]


def test_cases_are_told_right_or_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "record").mkdir()
    (tmp_path / "record" / "talk.txt").write_text(RECORD)
    lines = ["\n".join(json.dumps({"kind": "", **case}) for case in cases) for cases in (VERDICTS, SEARCHES)]
    (tmp_path / "verify-cases.jsonl").write_text(lines[0])
    (tmp_path / "search-cases.jsonl").write_text(lines[1])
    monkeypatch.setattr("sys.argv", ["answers", str(tmp_path)])
    assert answers.main() == 1
    printed = capsys.readouterr().out
    outcomes = [line.split(",")[0].split() for line in printed.splitlines() if line[:1] in {"r", "W", "b"}]
    assert outcomes == [
        ["right", "right"],
        ["WRONG", "wrong"],
        ["right", "named"],
        ["right", "long"],
        ["WRONG", "slip"],
        ["by", "eye", "other"],
    ]
    assert printed.endswith("1 transcripts, 6 cases: 3 right, 2 wrong, 1 by eye\n")
