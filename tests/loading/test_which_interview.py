"""Which interview a file is: two files that are there are two, a corrected or moved one is the one that it was."""

import datetime
import hashlib
import itertools
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from app.db import Database
from app.errors import MetadataError, ReplacementError
from app.loading import LoadedInterview, Outcome, load_interview, redact, state, withdraw
from app.loading.import_plan import interview_id_of
from app.loading.which_interview import share_replaced
from app.structure.batches import ReadOptions, RefusedFile, prepare_one
from app.structure.files import find_files
from app.structure.prepare import PreparedTranscript
from app.transcripts.sidecar import sidecar_of
from tests.authors import at
from tests.cli.test_command_line import Run
from tests.conftest import NOW

QUESTIONS = ("Where were you born?", "Who raised you?", "What did you do in the war?", "When did you come here?")
_PLACES = ("Aldwick", "Brombeck", "Caldmoor", "Dunfell")
LATER = datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)


def talk(who: int) -> str:
    """The interview of one person by a questionnaire that everybody is asked."""
    drawn = random.Random(who)  # noqa: S311 - no secret
    answers = (
        f"In {drawn.choice(_PLACES)}, in house {drawn.randrange(900)}.",
        f"My aunt {who} did, and after {drawn.randrange(1900, 1950)} nobody.",
        f"I mended {drawn.randrange(100)} nets.",
        f"In {drawn.randrange(1950, 1960)}, by boat.",
    )
    return "".join(f"Q: {asked}\nA: {said}\n" for asked, said in zip(QUESTIONS, answers, strict=True))


def write(path: Path, text: str, metadata: str = "") -> Path:
    """Write a transcript, and its metadata beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if metadata:
        path.with_suffix(".toml").write_text(metadata)
    return path


def prepared_of(*paths: Path) -> list[PreparedTranscript]:
    """Read files as one run of the command would."""
    read = [prepare_one(file, ReadOptions()) for file in find_files(paths).transcripts]
    return [file for file in read if not isinstance(file, RefusedFile)]


Store = Callable[..., list[LoadedInterview]]
Load = Callable[..., LoadedInterview]


@pytest.fixture
def store(database: Database) -> Store:
    """Load files, all in one run."""

    def load(*paths: Path, replaces: bool = False) -> list[LoadedInterview]:
        with database.write() as connection:
            return [load_interview(connection, one, at(NOW), replaces=replaces) for one in prepared_of(*paths)]

    return load


def words(database: Database) -> str:
    """All that is said anywhere."""
    with database.read() as connection:
        return "\n".join(connection.exec_driver_sql("SELECT text FROM turn ORDER BY id").scalars())


@pytest.mark.parametrize("stated", ["", 'series = "Nets"\n'], ids=["bare", "series"])
@pytest.mark.parametrize(
    "runs",
    [
        (("a", "b"),),
        (("a/x.txt",), ("b/x.txt",)),
        (("b",), ("a",)),
        ((".",),),
        ((".",), ("b/x.txt",)),
        (("b/../a", "b"),),
    ],
    ids=["folders", "files", "turned-round", "above", "above-and-one", "other-spelling"],
)
def test_two_files_of_one_name_are_two_interviews(
    store: Store, database: Database, tmp_path: Path, runs: tuple[tuple[str, ...], ...], stated: str
) -> None:
    # Nearly the same words, as two who answer one questionnaire.
    write(tmp_path / "a" / "x.txt", talk(1), stated)
    write(tmp_path / "b" / "x.txt", talk(1).replace("aunt 1", "aunt 2"), stated)
    loaded = list(itertools.chain(*(store(*(tmp_path / name for name in run)) for run in runs)))
    assert {one.outcome for one in loaded} <= {Outcome.CREATED, Outcome.UNCHANGED}
    assert len({one.interview_id for one in loaded}) == 2
    assert {one.revision for one in loaded} == {1}
    assert all(f"aunt {who} did" in words(database) for who in (1, 2))


def test_working_directory_says_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        write(tmp_path / name / "x.txt", talk(ord(name)))
    loaded = []
    for name, _again in itertools.product(("a", "b"), range(2)):
        monkeypatch.chdir(tmp_path / name)
        loaded += store(Path("x.txt"))
    assert [one.outcome.value for one in loaded] == ["created", "unchanged"] * 2
    assert [one.slug for one in loaded] == ["x", "x", "b-x", "b-x"]


def test_file_keeps_its_slug_when_it_is_loaded_by_itself(store: Store, tmp_path: Path) -> None:
    files = [write(tmp_path / name / "x.txt", talk(place)) for place, name in enumerate(("a", "b", "c/b"))]
    together = {one.slug for one in store(tmp_path)}
    assert together == {"a-x", "b-x-txt", "c-b-x-txt"}
    for file in files:
        file.write_text(file.read_text().replace("nets", "old nets"))
    corrected = [store(file)[0] for file in files]
    assert {one.slug for one in corrected} == together
    assert {one.revision for one in corrected} == {2}


def test_slugs_are_the_same_alone_as_together_where_a_manifest_lists_them(store: Store, tmp_path: Path) -> None:
    deep = "1/2/3/4/5/6/x.txt"
    files = [write(tmp_path / name, talk(place)) for place, name in enumerate(("a/x.txt", "b/x.txt", deep))]
    (tmp_path / "manifest.csv").write_text(f"file,title\na/x.txt,A\nb/x.txt,B\n{deep},Deep\n")
    alone = [one.slug for file in reversed(files) for one in store(file)]
    together = find_files([tmp_path]).transcripts
    assert sorted(alone) == sorted(file.slug for file in together) == ["6-x", "a-x", "b-x"]
    assert {file.manifest.title for file in together if file.manifest} == {"A", "B", "Deep"}


def test_corrected_file_replaces_what_it_was_and_the_report_says_how_much(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "x.txt", talk(1))
    [first] = store(file)
    file.write_text(talk(1).replace("In house", "At house") + "Q: And then?\nA: Then I rested.\n")
    [second] = store(tmp_path)
    assert (second.interview_id, second.outcome, second.revision) == (first.interview_id, Outcome.CHANGED, 2)
    assert first.share_replaced is None
    assert second.share_replaced is not None
    assert second.share_replaced < 0.1


def test_renamed_or_moved_file_is_the_same_interview(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "x.txt", talk(1))
    [first] = store(file)
    # Renamed; the same words in other bytes; moved, and corrected on the way.
    renamed = file.rename(tmp_path / "first.txt")
    [second] = store(renamed)
    renamed.unlink()
    third_file = write(tmp_path / "other.txt", talk(1).replace("\n", "\n\n"))
    [third] = store(third_file)
    moved = write(tmp_path / "deeper" / "x.txt", talk(1).replace("nets", "old nets"))
    third_file.unlink()
    [fourth] = store(moved)
    assert {one.interview_id for one in (second, third, fourth)} == {first.interview_id}
    assert [one.outcome.value for one in (second, third, fourth)] == ["unchanged", "changed", "changed"]


@pytest.mark.parametrize("stated", ["", 'slug = "net-mender"\n'], ids=["place", "slug"])
def test_file_with_other_words_is_refused_unless_it_is_meant(
    store: Store, database: Database, tmp_path: Path, stated: str
) -> None:
    file = write(tmp_path / "x.txt", "Q: How is glass made?\nA: From sand, soda and lime, and a great fire.\n", stated)
    [first] = store(file)
    file.write_text(talk(1))
    with pytest.raises(ReplacementError, match=r"would replace \d+% of the words .*--replace"):
        store(file)
    assert "soda and lime" in words(database)
    [second] = store(file, replaces=True)
    assert (second.interview_id, second.revision) == (first.interview_id, 2)
    assert second.share_replaced is not None
    assert second.share_replaced > 0.5
    assert "soda and lime" not in words(database)


def test_two_files_that_state_one_slug_do_not_replace_one_another(
    store: Store, database: Database, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        write(tmp_path / name / "x.txt", talk(1).replace("nets", f"nets in {name}"), 'slug = "nets"\n')
    with pytest.raises(ReplacementError, match="would take the place of"):
        store(tmp_path)
    [first] = store(tmp_path / "a")
    with pytest.raises(ReplacementError, match=r"a/x\.txt"):
        store(tmp_path / "b")
    assert "nets in a" in words(database)
    [second] = store(tmp_path / "b", replaces=True)
    assert (second.interview_id, second.revision) == (first.interview_id, 2)


def test_old_copy_elsewhere_does_not_undo_a_correction(store: Store, database: Database, tmp_path: Path) -> None:
    kept, corrected = write(tmp_path / "old" / "x.txt", talk(1)), write(tmp_path / "x.txt", talk(1))
    store(kept, corrected)
    corrected.write_text(talk(1).replace("nets", "old nets"))
    store(corrected)
    with pytest.raises(ReplacementError, match="would take the place of"):
        store(kept)
    assert "old nets" in words(database)
    # Once the corrected file is gone, it is the file.
    corrected.unlink()
    assert store(kept)[0].revision == 3


def test_interview_that_is_held_back_is_not_replaced_either(store: Store, database: Database, tmp_path: Path) -> None:
    held = f'embargo_until = "{LATER.isoformat()}"\n'
    file = write(tmp_path / "a" / "x.txt", talk(1), held)
    other = write(tmp_path / "b" / "x.txt", talk(1).replace("aunt 1", "aunt 2"), held)
    first, second = store(file, other)
    assert first.interview_id != second.interview_id
    file.write_text("Q: How is glass made?\nA: From sand, soda and lime, and a great fire.\n")
    with pytest.raises(ReplacementError, match="would replace"):
        store(file)
    file.write_text(talk(1).replace("nets", "old nets"))
    assert [one.outcome for one in store(file, other)] == [Outcome.HELD, Outcome.UNCHANGED]


def test_nothing_of_redacted_words_and_withdrawn_files_is_kept(
    store: Store, database: Database, tmp_path: Path
) -> None:
    file = write(tmp_path / "x.txt", talk(1))
    [loaded] = store(file)
    digests = "SELECT words_sha256 FROM loaded_file"
    with database.write() as connection:
        assert connection.exec_driver_sql(digests).scalar()
        redact(connection, loaded.slug, at(NOW), words="aunt 1")
        assert connection.exec_driver_sql(digests).scalar() is None
    store(file)
    with database.write() as connection:
        assert connection.exec_driver_sql(digests).scalar() is None
        withdraw(connection, loaded.slug, at(NOW))
        assert connection.exec_driver_sql("SELECT path FROM loaded_file").all() == []


def test_words_count_in_rows_where_a_text_is_long() -> None:
    def prepared(text: str) -> PreparedTranscript:
        from app.structure.prepare import prepare
        from app.transcripts.source import Source

        return prepare(Source("x.txt", text.encode()))

    common = ["the and of to in a is that it was for on are as with they at be this have"] * 6
    shuffled = random.Random(3).sample(" ".join(common).split(), 120)  # noqa: S311 - no secret
    assert share_replaced(common, prepared(f"Q: Why?\nA: {' '.join(shuffled)}\n")) > 0.5
    assert share_replaced(common, prepared(f"Q: Why?\nA: {' '.join(common)}\n")) == 0
    assert share_replaced(["彼は山に行きました。"], prepared("Q: 誰?\nA: 彼は川に行きました。\n")) < 0.5
    assert share_replaced([], prepared("Q: Why?\nA: So.\n")) == 0


def test_command_says_what_is_refused_and_how_to_mean_it(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "x.txt", "Q: How is glass made?\nA: From sand, soda and lime, and a great fire.\n")
    run("load", file)
    file.write_text(talk(1))
    for command in (("load",), ("check", "--against-stored")):
        assert "--replace" in run(*command, file, code=65)
    [report] = run.json("load", file, "--replace")["interviews"]
    assert report["outcome"] == "changed"
    assert report["share_replaced"] > 0.5
    file.write_text("Q: How is glass made?\nA: From sand, soda and lime, and a great fire.\n")
    assert "of the words before are not in it" in run("check", "--against-stored", "--replace", file)
    assert "of the words before are not in it" in run("load", "--replace", file)


@pytest.fixture
def run(database_url: str) -> Run:
    return Run(database_url)


def test_name_that_is_no_text_has_a_place(store: Store, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    [first] = store(write(tmp_path / name, talk(1)))
    (tmp_path / name).write_text(talk(1).replace("nets", "old nets"))
    [second] = store(tmp_path / name)
    assert (second.interview_id, second.revision) == (first.interview_id, 2)


def test_no_interview_is_called_like_an_id(load: Load, database: Database) -> None:
    """Addresses take both, so one that is called like the id of another would be edited in its place."""
    first, other = load("Q: Who came?\nA: My aunt did.\n"), "Q: Who stayed until the spring?\nA: Nobody stayed.\n"
    for name in (first.interview_id, f"{first.interview_id}-t1"):
        with pytest.raises(MetadataError, match=f"slug: '{name}' is an id"):
            load(other, f'slug = "{name}"')
        loaded = load(other.replace("spring", name), name=f"{name}.txt")
        assert loaded.slug == f"{name}-2"
        with pytest.raises(MetadataError, match="is an id"), database.write() as connection:
            state(connection, loaded.slug, sidecar_of("x.toml", {"slug": name}), at(NOW))
    with database.write() as connection:
        withdraw(connection, first.slug, at(NOW))
    # What is at the address of its id says that it was withdrawn.
    renamed = load("Q: What did they sing?\nA: Hymns, above all.\n", name=f"{first.interview_id}.txt")
    assert renamed.slug == f"{first.interview_id}-3"


def test_id_is_not_what_another_interview_is_called(load: Load) -> None:
    text = "Q: Who came?\nA: My aunt did.\n"
    would_be = interview_id_of(hashlib.sha256(text.encode()).hexdigest())
    assert load("Q: Who stayed until the spring?\nA: Nobody stayed.\n", name=f"{would_be}.txt").slug == would_be
    assert load(text).interview_id != would_be
