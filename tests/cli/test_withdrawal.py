import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview, hold
from app.main import create_app
from app.maintenance import embargo_timer
from app.maintenance.embargo_timer import release_what_is_due
from app.settings import Settings
from tests.authors import at
from tests.cli.test_command_line import Run
from tests.conftest import NOW

TALK = "Q: Who kept the mill?\nA: My aunt kept the papers of Mr Quill.\nQ: And then?\nA: It burnt down.\n"


@pytest.fixture
def run(database_url: str) -> Run:
    return Run(database_url)


@pytest.fixture
def loaded(run: Run, tmp_path: Path) -> Path:
    file = tmp_path / "mill.txt"
    file.write_text(TALK)
    run("load", file)
    return file


def test_redact_says_what_it_did_and_what_is_left_to_do(run: Run, loaded: Path) -> None:
    output = run("redact", "mill", "--words", "Mr Quill", "--reason", "a court order")
    assert "characters 27 to 35" in output
    assert "mill is at revision 2; past wordings redacted: 1; source files withheld: 1" in output
    assert "run 'quoth purge'" in output
    done = run.json("redact", "mill", "--words", "mill", "--purge")
    assert done["also_in"] == ["the slug of the interview"]
    assert len(done["passages"]) == 1
    assert "was rewritten" in run("purge")


def test_a_dry_run_of_redact_shows_the_words_and_changes_nothing(run: Run, loaded: Path) -> None:
    output = run("redact", "mill", "--words", "Mr Quill", "--dry-run")
    assert ": Mr Quill" in output
    assert "would redact" in output
    assert "is at revision" not in output
    assert [one["words"] for one in run.json("redact", "mill", "--words", "mill", "--dry-run")["passages"]] == ["mill"]
    done = run.json("redact", "mill", "--words", "mill")
    assert done["revision"] == 2
    assert "words" not in done["passages"][0]


@pytest.mark.parametrize(
    ("arguments", "code", "output"),
    [
        (("redact", "mill"), 64, "quoth withdraw"),
        (("redact", "mill", "--words", "a", "--start", "1", "--end", "2"), 64, "not both"),
        (("redact", "mill", "--start", "1"), 64, "--start and --end"),
        (("redact", "mill", "--words", "aunt", "--dry-run", "--purge"), 64, "nothing to purge"),
        (("redact", "nothing-a1"), 65, "There is no answer 'nothing-a1'"),
        (("redact", "mil", "--words", "aunt"), 65, "Did you mean 'mill'"),
        (("withdraw", "mil"), 65, "Did you mean 'mill'"),
        (("withdraw", "mill", "--lift"), 65, "There is no withdrawn interview 'mill'"),
        (("withdraw", "mill", "--lift", "--purge"), 64, "cannot be combined"),
        (("embargo", "mill"), 64, "--until and a time, or --lift"),
        (("embargo", "mill", "--until", "yesterday"), 64, "write a day, such as"),
        (("embargo", "mill", "--until", "2020-01-01"), 64, "in the past"),
        (("embargo", "--lift"), 64, "say which interview"),
        (("embargo", "mill", "--lift"), 65, "There is no interview held back 'mill'"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_and_does_nothing(
    run: Run, loaded: Path, arguments: tuple[str, ...], code: int, output: str
) -> None:
    assert output in run(*arguments, code=code)
    assert run("load", loaded).startswith("unchanged mill")


def test_withdraw_names_who_goes_with_it_and_the_file_is_not_loaded_again(run: Run, loaded: Path) -> None:
    output = run("withdraw", "mill", "--reason", "asked for", "--purge")
    assert output.startswith("withdrawn mill: 2 questions, 2 answers")
    assert "mill-interviewee" in output
    assert "quoth purge" not in output
    assert "quoth withdraw mill --lift" in run("load", loaded, code=65)
    assert "1 files of mill can be loaded again" in run("withdraw", "mill", "--lift")
    assert run("load", loaded).startswith("created mill")


def test_an_interview_is_loaded_under_embargo_listed_and_released(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mill.txt"
    file.write_text(TALK)
    output = run("load", file, "--embargo-until", "2999-12-31", "--reason", "until the hearing")
    assert output.startswith("held mill until 2999-12-31 00:00 UTC")
    assert "held back until 2999-12-31 00:00 UTC: mill: until the hearing" in run("embargo")
    assert run.json("embargo")[0]["slug"] == "mill"
    assert run("release") == ""
    assert "until 2999-01-01" in run("embargo", "mill", "--until", "2999-01-01T00:00:00Z")
    assert "released mill" in run("embargo", "mill", "--lift")
    assert "Nothing is held back" in run("embargo")
    assert run("load", file).startswith("unchanged mill")


def test_what_is_held_back_is_redacted_and_withdrawn_before_anybody_reads_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mill.txt"
    file.write_text(TALK)
    run("load", file, "--embargo-until", "2999-12-31")
    assert ": Mr Quill" in run("redact", "mill", "--words", "Mr Quill", "--dry-run")
    output = run("redact", "mill", "--words", "Mr Quill", "--reason", "a court order", "--purge")
    assert "mill is at revision 1; past wordings redacted: 1; source files withheld: 1" in output
    assert "are not in 'mill'" in run("redact", "mill", "--words", "Mr Quill", code=64)
    assert "withdrawn mill: 2 questions, 2 answers" in run("withdraw", "mill", "--reason", "asked for")
    assert "Nothing is held back" in run("embargo")
    assert "asked for" in run("load", file, code=65)
    assert "1 files of mill can be loaded again" in run("withdraw", "mill", "--lift")
    assert run("load", file).startswith("created mill")


def test_a_running_server_releases_what_is_due(
    load: object, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(load)
    loaded: LoadedInterview = load(TALK)
    before = datetime.datetime.now(datetime.UTC)
    with database.write() as connection:
        hold(connection, loaded.slug, before + datetime.timedelta(seconds=1), at(NOW))
    assert release_what_is_due(database, before) == []
    monkeypatch.setattr(embargo_timer, "EVERY_SECONDS", 0.05)
    with TestClient(create_app(Settings(database_url=database_url))) as client:
        assert client.get(f"/v1/interviews/{loaded.slug}").status_code == 410
        for _attempt in range(400):
            if client.get(f"/v1/interviews/{loaded.slug}").status_code == 200:
                break
        assert client.get(f"/v1/interviews/{loaded.slug}").json()["revision"] == 1
    assert datetime.datetime.now(datetime.UTC) >= before + datetime.timedelta(seconds=1)


def test_a_server_that_cannot_look_for_embargoes_goes_on(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(embargo_timer, "EVERY_SECONDS", 0.01)
    with TestClient(create_app(Settings(database_url=f"sqlite:///{tmp_path}/nothing.db"))) as client:
        assert [client.get("/healthz").status_code for _attempt in range(5)] == [200] * 5
