import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col
from starlette.testclient import TestClient

from app.db import Database
from app.errors import MetadataError, TranscriptError
from app.loading import LoadedInterview, Outcome, load_interview, load_vocabulary
from app.models import Change, Interview, Question, Revision, Speaker, Turn
from app.structure.prepare import prepare
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW, ROOT, SEED

Load = Callable[..., LoadedInterview]

TALK = """Q: Where did the river begin?
A: It began under the old mill, behind our house.
Q: Who kept the mill in those years?
A: My aunt kept it, and after her nobody did.
Q: Would you go back there?
A: Every summer, if the road were dry.
"""
VOCABULARY = '[nature]\nlabel = "Nature"\n[rivers]\nlabel = "Rivers"\nbroader = "nature"\n'


def _rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def _everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.read() as connection:
        names = sorted(set(sa.inspect(connection).get_table_names()) & set(SQLModel.metadata.tables))
        tables = {name: [tuple(row) for row in connection.execute(sa.text(f"SELECT * FROM {name}"))] for name in names}  # noqa: S608 - names of the schema
    return {name: sorted(rows, key=repr) for name, rows in tables.items()}


def _questions(database: Database) -> dict[str, str]:
    """Ids by the text that they have now, in order."""
    texts = "SELECT t.text, q.id FROM question q JOIN turn t ON t.question_id = q.id AND t.answer_id IS NULL"
    return dict(_rows(database, f"{texts} ORDER BY q.position"))


def _answers(database: Database) -> dict[str, str]:
    return dict(_rows(database, "SELECT text, answer_id FROM turn WHERE answer_id IS NOT NULL ORDER BY position"))


def _turns(database: Database) -> dict[str, str]:
    return dict(_rows(database, "SELECT text, id FROM turn ORDER BY position"))


def _changes(database: Database, revision: int) -> set[tuple[str, str, str]]:
    rows = _rows(database, f"SELECT noun, item_id, action FROM change WHERE revision = {revision:d}")  # noqa: S608 - a number
    return {(str(noun), str(item), str(action)) for noun, item, action in rows}


def test_first_load_creates_an_interview_and_a_second_changes_nothing(load: Load, database: Database) -> None:
    first = load(TALK)
    before = _everything(database)
    second = load(TALK)
    assert (first.outcome, second.outcome) == (Outcome.CREATED, Outcome.UNCHANGED)
    assert (first.interview_id, second.revision) == (second.interview_id, 1)
    assert _everything(database) == before
    assert len(before["revision"]) == 1


def test_seed_loaded_twice_is_unchanged(seeded: Database) -> None:
    before = _everything(seeded)
    vocabulary = ROOT / "data" / "topics.toml"
    sidecar = SEED.with_suffix(".toml")
    with seeded.write() as connection:
        report = load_vocabulary(connection, read_vocabulary(vocabulary.name, vocabulary.read_bytes()), at(NOW))
        prepared = prepare(Source(SEED.name, SEED.read_bytes()), read_sidecar(sidecar.name, sidecar.read_bytes()))
        assert load_interview(connection, prepared, at(NOW)).outcome is Outcome.UNCHANGED
    assert report.created == report.changed == report.not_in_file == []
    assert _everything(seeded) == before


def test_same_bytes_under_another_name_are_the_same_interview(load: Load, database: Database) -> None:
    first = load(TALK, name="first.txt")
    before = _everything(database)
    assert load(TALK, name="second.txt") == LoadedInterview(
        **{**first.__dict__, "outcome": Outcome.UNCHANGED},
    )
    assert _everything(database) == before


def test_bytes_of_an_earlier_revision_under_another_name_are_the_same_interview(load: Load, database: Database) -> None:
    first = load(TALK, name="river.txt")
    corrected = load(TALK.replace("old mill", "old windmill"), name="river.txt")
    again = load(TALK, name="copy-of-river.txt")
    assert first.interview_id == corrected.interview_id == again.interview_id
    assert again.revision == 3
    assert len(_rows(database, "SELECT id FROM interview")) == 1


def test_correction_keeps_ids_and_makes_a_revision(load: Load, database: Database) -> None:
    load(TALK)
    questions, answers, turns = _questions(database), _answers(database), _turns(database)
    done = load(TALK.replace("behind our house", "behind my house"))
    assert (done.outcome, done.revision) == (Outcome.CHANGED, 2)
    assert _questions(database) == questions
    assert list(_answers(database).values()) == list(answers.values())
    assert list(_turns(database).values()) == list(turns.values())
    corrected = next(text for text in _answers(database) if "my house" in text)
    assert _changes(database, 2) == {
        ("interview", done.interview_id, "changed"),
        ("question", questions["Where did the river begin?"], "changed"),
        ("answer", _answers(database)[corrected], "changed"),
    }


def test_every_revision_keeps_its_source_file(load: Load, database: Database) -> None:
    load(TALK)
    load(TALK.replace("dry", "dusty"))
    stored = _rows(database, "SELECT revision, content FROM transcript ORDER BY revision")
    assert [(number, bytes(content)) for number, content in stored] == [
        (1, TALK.encode()),
        (2, TALK.replace("dry", "dusty").encode()),
    ]


def test_inserted_question_gets_a_new_id_and_moves_no_other(load: Load, database: Database) -> None:
    load(TALK)
    before = _questions(database)
    lines = TALK.splitlines(keepends=True)
    load("".join([*lines[:2], "Q: Was it deep?\nA: Deeper than a man.\n", *lines[2:]]))
    after = _questions(database)
    assert list(after) == [*list(before)[:1], "Was it deep?", *list(before)[1:]]
    assert {text: after[text] for text in before} == before
    assert after["Was it deep?"] not in before.values()


def test_removed_question_takes_its_id_with_it(load: Load, database: Database) -> None:
    load(TALK)
    before = _questions(database)
    lines = TALK.splitlines(keepends=True)
    done = load("".join([*lines[:2], *lines[4:]]))
    gone = before.pop("Who kept the mill in those years?")
    assert _questions(database) == before
    assert ("question", gone, "deleted") in _changes(database, done.revision)
    assert ("answer", f"{done.interview_id}-a2", "deleted") in _changes(database, done.revision)


def test_id_of_a_removed_question_is_never_given_out_again(load: Load, database: Database) -> None:
    load(TALK)
    used = set(_questions(database).values())
    lines = TALK.splitlines(keepends=True)
    load("".join(lines[:4]))
    load("".join([*lines[:4], "Q: Did the fish come back?\nA: Only the small ones.\n"]))
    fresh = _questions(database)["Did the fish come back?"]
    assert fresh not in used
    assert fresh.endswith("-q4")


def test_moved_questions_keep_their_ids(load: Load, database: Database) -> None:
    load(TALK)
    questions, answers = _questions(database), _answers(database)
    lines = TALK.splitlines(keepends=True)
    load("".join([*lines[4:], *lines[:4]]))
    assert list(_questions(database)) != list(questions)
    assert (_questions(database), _answers(database)) == (questions, answers)


def test_edited_question_keeps_its_id_and_a_rewritten_one_does_not(load: Load, database: Database) -> None:
    load(TALK)
    before = list(_questions(database).values())
    edited = TALK.replace("Who kept the mill in those years?", "Who kept the mill in all those years?")
    load(edited)
    assert list(_questions(database).values()) == before
    load(edited.replace("Would you go back there?", "Bees?"))
    assert list(_questions(database).values())[:2] == before[:2]
    assert _questions(database)["Bees?"] not in before


def test_turn_added_to_an_answer_is_a_change_of_the_answer(load: Load, database: Database) -> None:
    load("Q: Where did the river begin?\nA: It began under the old mill.\nQ: And then?\nA: Then it went south.\n")
    done = load(
        "Q: Where did the river begin?\nA: It began under the old mill.\nA: So they told us.\n"
        "Q: And then?\nA: Then it went south.\n"
    )
    assert _changes(database, 2) == {
        ("interview", done.interview_id, "changed"),
        ("question", f"{done.interview_id}-q1", "changed"),
        ("answer", f"{done.interview_id}-a1", "changed"),
    }


def test_change_of_metadata_alone_is_a_change(load: Load, database: Database) -> None:
    load(TALK, 'title = "The river"')
    done = load(TALK, 'title = "The river and the mill"')
    assert (done.outcome, done.revision) == (Outcome.CHANGED, 2)
    assert _changes(database, 2) == {("interview", done.interview_id, "changed")}
    assert _rows(database, "SELECT title FROM interview") == [("The river and the mill",)]


def test_comment_in_the_metadata_file_is_no_change(load: Load, database: Database) -> None:
    load(TALK, 'title = "The river"\nlanguage = "en"')
    before = _everything(database)
    assert load(TALK, '# Checked.\nlanguage = "en"\ntitle = "The river"').outcome is Outcome.UNCHANGED
    assert _everything(database) == before


def test_statement_about_a_known_speaker_is_taken_over(load: Load, database: Database) -> None:
    people = '[[speakers]]\nlabels = ["A"]\nname = "Ines Moraes"\n'
    load(TALK, people)
    load(TALK, f'{people}aliases = ["I. Moraes"]\nsame_as = ["https://example.org/people/7"]\n')
    with database.read() as connection:
        row = connection.execute(sa.select(Speaker.__table__).where(Speaker.__table__.c.name == "Ines Moraes")).one()  # type: ignore[attr-defined]  # added by SQLModel at run time
    assert (row.aliases, row.same_as) == (["I. Moraes"], ["https://example.org/people/7"])


def test_full_name_is_one_person_in_all_series(load: Load, database: Database) -> None:
    people = '[[speakers]]\nlabels = ["A"]\nname = "Ines Moraes"\n'
    load(TALK, f'series = "Rivers"\n{people}', name="one.txt")
    load(TALK.replace("dry", "dusty"), f'series = "Rivers"\n{people}', name="two.txt")
    load(TALK.replace("dry", "open"), f'series = "Roads"\n{people}', name="three.txt")
    parts = _rows(
        database,
        "SELECT s.slug, count(*) FROM contribution c JOIN speaker s ON s.id = c.speaker_id "
        "WHERE s.name = 'Ines Moraes' GROUP BY s.slug ORDER BY s.slug",
    )
    assert parts == [("ines-moraes", 3)]


def test_first_name_is_a_person_of_one_interview(load: Load, database: Database) -> None:
    people = 'series = "Rivers"\n[[speakers]]\nlabels = ["A"]\nname = "Ines"\n'
    load(TALK, people, name="one.txt")
    load(TALK.replace("dry", "dusty"), people, name="two.txt")
    slugs = _rows(database, "SELECT slug FROM speaker WHERE name = 'Ines' ORDER BY slug")
    assert slugs == [("one-ines",), ("two-ines",)]


def test_topics_follow_the_metadata_file(load: Load, database: Database) -> None:
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", VOCABULARY.encode()), at(NOW))
    load(TALK, '[[questions]]\nbegins = "Where did"\ntopics = ["rivers", "rivers"]\n')
    [(question, topic)] = _rows(database, "SELECT question_id, topic_id FROM question_topic")
    assert (question, topic) == (_questions(database)["Where did the river begin?"], "rivers")
    load(TALK, '[[questions]]\nbegins = "Where did"\ntopics = ["nature"]\n')
    assert _rows(database, "SELECT question_id, topic_id FROM question_topic") == [(question, "nature")]


def test_topic_decided_elsewhere_survives_a_correction(load: Load, database: Database) -> None:
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", VOCABULARY.encode()), at(NOW))
    load(TALK)
    question = _questions(database)["Would you go back there?"]
    with database.write() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO question_topic (question_id, topic_id, origin, state, confidence, evidence) "
                "VALUES (:question, 'nature', 'suggestion', 'rejected', 0.5, '[]')"
            ),
            {"question": question},
        )
    load(TALK.replace("dry", "dusty"))
    assert _rows(database, "SELECT question_id, topic_id, state FROM question_topic") == [
        (question, "nature", "rejected")
    ]


def test_vocabulary_changes_are_reported_and_nothing_is_removed(database: Database) -> None:
    def load_words(text: str) -> Any:
        with database.write() as connection:
            return load_vocabulary(connection, read_vocabulary("topics.toml", text.encode()), at(NOW))

    assert load_words(VOCABULARY).created == ["nature", "rivers"]
    changed = load_words(VOCABULARY.replace('"Rivers"', '"Rivers and lakes"'))
    assert (changed.created, changed.changed, changed.unchanged) == ([], ["rivers"], ["nature"])
    assert load_words('[nature]\nlabel = "Nature"').not_in_file == ["rivers"]
    assert _rows(database, "SELECT slug, broader_id FROM topic ORDER BY slug") == [
        ("nature", None),
        ("rivers", "nature"),
    ]
    assert len(_rows(database, "SELECT number FROM revision")) == 2


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ('[[questions]]\nbegins = "Where did"\ntopics = ["river"]', "there is no topic 'river'. Did you mean 'rivers'"),
        ('[[questions]]\nbegins = "Why did"\ntopics = ["rivers"]', "no question begins with 'Why did'"),
        ('[[questions]]\nbegins = "W"\ntopics = ["rivers"]', "3 questions begin with 'W'"),
        ('published = "1999"\npublished_evidence = "in the year 1999"', "these words are not in the transcript"),
        ('[[speakers]]\nlabels = ["B"]\nname = "Tomas Weil"', "no turn is labelled 'B'"),
        ('[[speakers]]\nlabels = ["Q"]\nrole = "interviwer"', "Did you mean 'interviewer'"),
        ('[[speakers]]\nlabels = ["Q"]\n[[speakers]]\nlabels = ["A", "Q"]', "'Q' already stands for another"),
        (f'title = "{"t" * 501}"', "longer than 500"),
        (f'[[speakers]]\nlabels = ["Q"]\nname = "{"n" * 501}"', "longer than 500"),
    ],
)
def test_statement_that_the_transcript_contradicts_is_refused_and_nothing_stored(
    load: Load, database: Database, metadata: str, reason: str
) -> None:
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", VOCABULARY.encode()), at(NOW))
    before = _everything(database)
    with pytest.raises(MetadataError) as refused:
        load(TALK, metadata)
    assert reason in str(refused.value)
    assert str(refused.value).startswith("sample.toml:")
    assert _everything(database) == before


@pytest.mark.parametrize(
    "data",
    [b"", b" \n\t\n", b"\xef\xbb\xbf", b"Q:\nA:\n", b"Only prose, and nobody speaks.\n", b"Q: \xff\nA: x", b"\0"],
)
def test_file_without_an_interview_is_refused_and_nothing_stored(load: Load, database: Database, data: bytes) -> None:
    before = _everything(database)
    with pytest.raises(TranscriptError):
        load(data)
    assert _everything(database) == before


def test_broken_address_on_the_last_line_is_kept_as_words(load: Load, database: Database) -> None:
    load(f"{TALK}http://[broken/story")
    assert list(_turns(database))[-1].endswith("\nhttp://[broken/story")


def test_question_without_answer_and_answer_without_question_are_stored(load: Load, database: Database) -> None:
    done = load("A: Before we begin, some water.\nQ: Ready?\nQ: Shall we?\nA: Yes.\nQ: What is your name?\n")
    assert (done.turns, done.questions, done.answers) == (5, 2, 1)
    kinds = _rows(database, "SELECT kind FROM turn ORDER BY position")
    assert [kind for (kind,) in kinds] == ["statement", "question", "question", "answer", "question"]


def test_same_file_has_the_same_ids_on_two_fresh_databases(load: Load, database: Database, tmp_path: Path) -> None:
    first = load(TALK, name="here.txt")
    other = Database(f"sqlite:///{tmp_path}/other.db")
    other.migrate()
    with other.write() as connection:
        second = load_interview(connection, prepare(Source("there.txt", TALK.encode())), at(NOW))
    assert first.interview_id == second.interview_id
    assert (_questions(database), _answers(database), _turns(database)) == (
        _questions(other),
        _answers(other),
        _turns(other),
    )
    other.close()


def test_words_come_back_byte_for_byte(load: Load, client: TestClient) -> None:
    data = "\ufeffQ: Où 🙂‍↕️ est\u202e là?\r\nA: e\u0301\u200b «oui»\u0007.\r\n\r\nEncore\u2028une fois.\r\n".encode()
    load(data, name="talk.txt")
    assert client.get("/v1/interviews/talk/source").content == data
    for turn in client.get("/v1/interviews/talk/transcript").json()["turns"]:
        assert turn["text"] == data.decode()[turn["source_start"] : turn["source_end"]]


class _InterruptedError(Exception):
    pass


@pytest.mark.slow
def test_load_interrupted_at_any_statement_stores_nothing(load: Load, database: Database) -> None:
    load(TALK)
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", VOCABULARY.encode()), at(NOW))
    before = _everything(database)
    corrected = TALK.replace("old mill", "old windmill") + "Q: Was it deep?\nA: Deeper than a man.\n"
    sidecar = read_sidecar("x.toml", b'[[questions]]\nbegins = "Was it"\ntopics = ["rivers"]')
    prepared = prepare(Source("sample.txt", corrected.encode()), sidecar, "x.toml")
    allowed = 0
    while True:
        left = allowed

        def count(*_: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise _InterruptedError

        try:
            with database.write() as connection:
                sa.event.listen(connection, "before_cursor_execute", count)
                load_interview(connection, prepared, at(NOW))
            break
        except _InterruptedError:
            assert _everything(database) == before
        allowed += 1
    assert allowed > 15
    assert _rows(database, "SELECT revision FROM interview") == [(2,)]


def _sound(file: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        # Refused with an error where the full-text index is not in step with the documents.
        connection.exec_driver_sql("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
    engine.dispose()


@pytest.mark.exhaustive
def test_load_killed_at_any_moment_leaves_all_or_nothing(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "killed.db"
    command = [sys.executable, "-m", "app", "load", str(ROOT / "data")]
    environment = {**os.environ, "QUOTH_DATABASE_URL": f"sqlite:///{file}"}
    shutil.copy(sqlite_template, file)
    started = time.monotonic()
    subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)
    whole = time.monotonic() - started
    database = Database(f"sqlite:///{file}")
    complete = _everything(database)
    database.close()
    moments = random.Random(20)  # noqa: S311 - no secret
    outcomes = set()
    for _ in range(8):
        for suffix in ("", "-wal", "-shm"):
            Path(f"{file}{suffix}").unlink(missing_ok=True)
        shutil.copy(sqlite_template, file)
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(whole * moments.uniform(0.6, 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        _sound(file)
        database = Database(f"sqlite:///{file}")
        found = {name: len(rows) for name, rows in _everything(database).items()}
        database.close()
        assert found in ({name: len(rows) for name, rows in complete.items()}, dict.fromkeys(complete, 0))
        outcomes.add(found["turn"])
    subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)
    database = Database(f"sqlite:///{file}")
    assert len(_everything(database)["turn"]) == 10
    database.close()
    _sound(file)


@pytest.mark.slow
def test_loader_killed_before_it_commits_leaves_nothing(database_url: str, database: Database, tmp_path: Path) -> None:
    """The process holds everything written and uncommitted when it dies, which no random moment is sure to meet."""
    program = (
        "import sys, time, datetime\n"
        "from app.db import Database\n"
        "from app.loading import load_interview\n"
        "from app.structure.prepare import prepare\n"
        "from app.transcripts.source import Source\n"
        "from tests.authors import at\n"
        "with Database(sys.argv[1]).write() as connection:\n"
        "    now = datetime.datetime.now(datetime.UTC)\n"
        "    load_interview(connection, prepare(Source('x.txt', sys.argv[2].encode())), at(now))\n"
        "    print('written', flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, database_url, TALK], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    assert _rows(database, "SELECT id FROM turn") == []
    process.kill()
    process.wait()
    process.stdout.close()
    assert set(map(len, _everything(database).values())) == {0}
    with database.write() as connection:
        done = load_interview(connection, prepare(Source("x.txt", TALK.encode())), at(NOW))
    assert done.outcome is Outcome.CREATED


def test_two_loaders_at_once_store_one_copy(database_url: str, database: Database) -> None:
    outcomes: list[Outcome] = []
    gate = threading.Barrier(4)

    def run() -> None:
        own = Database(database_url)
        prepared = prepare(Source("river.txt", TALK.encode()))
        gate.wait()
        with own.write() as connection:
            outcomes.append(load_interview(connection, prepared, at(NOW)).outcome)
        own.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [Outcome.CREATED, *[Outcome.UNCHANGED] * 3]
    assert len(_rows(database, "SELECT id FROM interview")) == 1


def test_readers_see_nothing_of_a_load_until_it_is_whole(database: Database, load: Load) -> None:
    load(TALK)
    with database.write() as connection:
        load_interview(connection, prepare(Source("sample.txt", TALK.replace("dry", "dusty").encode())), at(NOW))
        assert _rows(database, "SELECT revision FROM interview") == [(1,)]
        assert "Every summer, if the road were dry." in _turns(database)
    assert _rows(database, "SELECT revision FROM interview") == [(2,)]


def test_database_itself_refuses_what_breaks_the_record(load: Load, database: Database) -> None:
    load(TALK)
    broken = (
        sa.insert(Question).values(id="x-q1", interview_id="nobody", position=1),
        sa.insert(Change).values(revision=99, item_id="x", noun="question", action="created"),
        sa.insert(Revision).values(number=1, made_at=NOW),
        sa.update(Turn).values(source_start=5, source_end=4),
        sa.update(Turn).values(position=1),
        sa.update(Interview).values(revision=0),
        sa.delete(Speaker),
    )
    for statement in broken:
        with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
            connection.execute(statement)


def test_another_interview_under_the_same_file_name_is_another_interview(
    database: Database, load: Callable[..., LoadedInterview]
) -> None:
    first = load("Q: Who keeps the lighthouse?\nA: My aunt has kept it since the war.\n", name="episode-1.txt")
    other = load("Q: How is glass made?\nA: From sand, soda and lime.\n", name="episode-1.txt")
    assert (first.slug, other.slug) == ("episode-1", "episode-1-2")
    corrected = load("Q: How is glass made?\nA: From sand, soda ash and lime.\n", name="episode-1.txt")
    assert (corrected.slug, corrected.revision) == ("episode-1-2", 2)


def test_speaker_whose_name_is_put_right_leaves_nobody_behind(
    database: Database, load: Callable[..., LoadedInterview]
) -> None:
    text = "Ana Ries: What is in the box?\nBo Lind: Letters.\nAna Ries: From whom?\nBo Lind: Nobody knows.\n"
    load(text, 'slug = "box"')
    load(text.replace("Ries", "Reis"), 'slug = "box"')
    with database.read() as connection:
        assert connection.execute(sa.select(col(Speaker.name)).order_by(col(Speaker.name))).scalars().all() == [
            "Ana Reis",
            "Bo Lind",
        ]


def test_time_that_no_recording_has_is_refused_with_its_place(load: Callable[..., LoadedInterview]) -> None:
    cue = (
        "WEBVTT\n\n{}:00:00.000 --> {}:00:01.000\n<v Ada>Who goes there?\n\n{}:00:02.000 --> {}:00:03.000\n<v Bo>Me.\n"
    )
    assert load(cue.format(*["596"] * 4), name="late.vtt").turns == 2
    with pytest.raises(TranscriptError, match=r"too-late\.vtt:7:\d+: this turn is 900 hours into the recording"):
        load(cue.format("596", "596", "900", "900"), name="too-late.vtt")
