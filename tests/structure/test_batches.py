import shutil
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.structure import batches
from app.structure.batches import ReadOptions, RefusedFile, prepare_all, prepare_one
from app.structure.files import InputFile, find_files
from app.structure.pairing import Attribution, Role
from app.structure.prepare import PreparedTranscript
from tests.profiles import examples

_LONG = "My father kept forty hives behind the mill, and I was always there with him. " * 4
_CLEAR = (
    "Ana Reis: Welcome to the show. How did you come to this?\n{guest}: Thanks for having me. " + _LONG + "\n"
    "Ana Reis: What is hard about it?\n{guest}: " + _LONG + "\nAna Reis: And what is easy?\n{guest}: " + _LONG + "\n"
)
_UNCLEAR = "Ana Reis: I see it so.\nCy Vale: I see it too.\n" * 3


def _roles(folder: Path) -> dict[str, dict[str | None, tuple[Role, Attribution]]]:
    read = [one for batch in prepare_all(find_files([folder]).transcripts, ReadOptions(), workers=1) for one in batch]
    return {
        one.slug: {part.name: (part.role, part.role_attribution) for part in one.structure.participants}
        for one in read
        if isinstance(one, PreparedTranscript)
    }


def test_who_interviews_in_most_files_of_a_folder_interviews_in_an_unclear_one(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text(_UNCLEAR)
    alone = _roles(tmp_path)["c"]
    assert alone["Ana Reis"] == (Role.UNKNOWN, Attribution.UNKNOWN)
    (tmp_path / "a.txt").write_text(_CLEAR.format(guest="Bo Lind"))
    (tmp_path / "b.txt").write_text(_CLEAR.format(guest="Di Moor"))
    among_others = _roles(tmp_path)["c"]
    assert among_others["Ana Reis"] == (Role.INTERVIEWER, Attribution.INFERRED)
    assert among_others["Cy Vale"] == (Role.INTERVIEWEE, Attribution.INFERRED)


def test_files_of_another_folder_are_another_series(tmp_path: Path) -> None:
    for name in ("show", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "show" / "a.txt").write_text(_CLEAR.format(guest="Bo Lind"))
    (tmp_path / "show" / "b.txt").write_text(_CLEAR.format(guest="Di Moor"))
    (tmp_path / "other" / "c.txt").write_text(_UNCLEAR)
    assert _roles(tmp_path)["c"]["Ana Reis"] == (Role.UNKNOWN, Attribution.UNKNOWN)


def test_files_that_state_another_series_are_no_evidence(tmp_path: Path) -> None:
    for name, guest in (("a", "Bo Lind"), ("b", "Di Moor")):
        (tmp_path / f"{name}.txt").write_text(_CLEAR.format(guest=guest))
        (tmp_path / f"{name}.toml").write_text('series = "Mill Notes"\n')
    (tmp_path / "c.txt").write_text(_UNCLEAR)
    (tmp_path / "c.toml").write_text('series = "Harbour Notes"\n')
    assert _roles(tmp_path)["c"]["Ana Reis"] == (Role.UNKNOWN, Attribution.UNKNOWN)
    (tmp_path / "c.toml").write_text('series = "mill notes"\n')
    assert _roles(tmp_path)["c"]["Ana Reis"] == (Role.INTERVIEWER, Attribution.INFERRED)


def test_one_conversation_in_two_formats_is_evidence_once(tmp_path: Path) -> None:
    for name in ("a.txt", "a.md"):
        (tmp_path / name).write_text(_CLEAR.format(guest="Bo Lind").replace("\n", "\n\n"))
    (tmp_path / "c.txt").write_text(_UNCLEAR)
    assert _roles(tmp_path)["c"]["Ana Reis"] == (Role.UNKNOWN, Attribution.UNKNOWN)


def test_label_of_a_machine_hosts_no_series(tmp_path: Path) -> None:
    for name, guest in (("a", "Bo Lind"), ("b", "Di Moor")):
        (tmp_path / f"{name}.txt").write_text(_CLEAR.replace("Ana Reis", "Speaker 1").format(guest=guest))
    (tmp_path / "c.txt").write_text(_UNCLEAR.replace("Ana Reis", "Speaker 1"))
    assert set(_roles(tmp_path)["c"].values()) == {(Role.UNKNOWN, Attribution.UNKNOWN)}


# Files of a generated series, and in how many of them who asks is not clear.
_FILES, _EACH_UNCLEAR = 45, 4


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files in which one of two hosts asks, of which some are by themselves unclear or refused."""
    folder = tmp_path_factory.mktemp("series")
    for number in range(_FILES):
        talk = _CLEAR.format(guest=f"Bo Lind{chr(97 + number % 20)}{chr(97 + number % 7)}")
        if number % _EACH_UNCLEAR == 0:
            talk = _UNCLEAR
        if number % 3 == 0:
            talk = talk.replace("Ana Reis", "Di Moor")
        if number % 10 == 7:
            # The host of the others is a guest here.
            talk = _CLEAR.replace("Ana Reis", "Di Moor").format(guest="Ana Reis")
        (folder / f"{number:03}.txt").write_text(talk)
    (folder / "011.txt").write_bytes(b"\xff\xfe\xff")
    return folder


def _reading(one: PreparedTranscript | RefusedFile) -> object:
    return one.reason if isinstance(one, RefusedFile) else (one.slug, one.structure, one.digest)


@pytest.mark.parametrize("size", [1, 7, 200])
def test_reading_does_not_depend_on_the_batch(series: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_FILES", size)
    files = find_files([series]).transcripts
    alone = [_reading(prepare_one(find_files([file.path]).transcripts[0], ReadOptions())) for file in reversed(files)]
    together = [_reading(one) for batch in prepare_all(files, ReadOptions(), workers=1) for one in batch]
    assert together == alone[::-1]
    inferred = [one for one in together if isinstance(one, tuple) and one[1].exchanges]
    assert len(inferred) == _FILES - 1


@given(st.permutations(range(_FILES)), st.integers(1, _FILES))
@settings(max_examples=examples(20), deadline=None)
def test_reading_depends_neither_on_the_order_nor_on_what_else_is_read(
    series: Path, order: list[int], count: int
) -> None:
    files = find_files([series]).transcripts
    chosen = [files[place] for place in order[:count]]
    read = [_reading(one) for batch in prepare_all(chosen, ReadOptions(), workers=1) for one in batch]
    assert read == [_reading(prepare_one(file, ReadOptions())) for file in chosen]


def test_folder_without_one_file_reads_the_same(series: Path, tmp_path: Path) -> None:
    files = find_files([series]).transcripts
    whole = {file.slug: _reading(prepare_one(file, ReadOptions())) for file in files}
    for left_out in (0, 13, _FILES - 1):
        folder = tmp_path / str(left_out)
        shutil.copytree(series, folder)
        (folder / files[left_out].path.name).unlink()
        for file in find_files([folder]).transcripts:
            read = prepare_one(file, ReadOptions())
            if isinstance(read, PreparedTranscript):
                assert _reading(read) == whole[file.slug]


@pytest.mark.slow
def test_what_storing_asks_for_is_worked_out_by_the_process_that_reads(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(_CLEAR.format(guest="Bo Lind"))
    jobs = find_files([tmp_path]).transcripts
    for workers in (1, 2):
        [read] = prepare_all(jobs, ReadOptions(to_store=True), workers)
        [bare] = prepare_all(jobs, ReadOptions(), workers)
        for one, other in zip(read, bare, strict=True):
            assert isinstance(one, PreparedTranscript)
            assert isinstance(other, PreparedTranscript)
            assert {"indexed", "digest"} <= vars(one).keys()
            assert not {"indexed", "digest"} & vars(other).keys()
            assert one.digest == other.digest
            assert one.indexed.words == other.indexed.words
            assert "hives" in one.indexed.words
            text = one.transcript.turns[1].text
            assert one.indexed.copies(text) == other.indexed.copies(text)


def test_a_batch_is_read_in_the_order_of_its_files_by_this_process_and_by_others(tmp_path: Path) -> None:
    names = [f"{number:02}" for number in range(24)]
    for name in names:
        (tmp_path / f"{name}.txt").write_text(_CLEAR.format(guest=f"Bo Lind {name}"))
    (tmp_path / "07.txt").write_bytes(b"\xff\xfe\xff")
    jobs = find_files([tmp_path]).transcripts
    [read] = prepare_all(jobs, ReadOptions(), 3)
    [alone] = prepare_all(jobs, ReadOptions(), 1)
    slugs = [one.slug if isinstance(one, PreparedTranscript) else one.path.stem for one in read]
    assert slugs == names
    assert [isinstance(one, RefusedFile) for one in read] == [name == "07" for name in names]
    assert read == alone


def test_this_process_reads_what_no_other_has_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        (tmp_path / f"{number:02}.txt").write_text(_CLEAR.format(guest="Bo Lind"))
    here: list[str] = []

    def prepare_here(job: InputFile, options: ReadOptions) -> PreparedTranscript | RefusedFile:
        here.append(job.slug)
        return prepare_one(job, options)

    # What is sent to another process is found there by its name, and is the function itself.
    monkeypatch.setattr(batches, "prepare_one", prepare_here)
    monkeypatch.setattr(ProcessPoolExecutor, "submit", lambda _pool, _prepare, *given: _Waiting(given))
    [read] = prepare_all(find_files([tmp_path]).transcripts, ReadOptions(), 2)
    assert [one.slug for one in read if isinstance(one, PreparedTranscript)] == [f"{number:02}" for number in range(40)]
    # The first was begun, and the rest are taken from the end.
    assert here == [f"{number:02}" for number in range(39, 0, -1)]


def test_caller_who_goes_no_further_does_not_wait_for_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        (tmp_path / f"{number:02}.txt").write_text(_CLEAR.format(guest="Bo Lind") * 60)
    submitted: list[Future[PreparedTranscript | RefusedFile]] = []
    submit = ProcessPoolExecutor.submit

    def submit_and_keep(pool: ProcessPoolExecutor, *given: Any) -> Future[PreparedTranscript | RefusedFile]:
        submitted.append(submit(pool, *given))
        return submitted[-1]

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit_and_keep)
    monkeypatch.setattr(batches, "BATCH_FILES", 20)
    read = prepare_all(find_files([tmp_path]).transcripts, ReadOptions(), 2)
    assert len(next(read)) == 20
    read.close()
    assert len(submitted) == 40
    assert any(future.cancelled() for future in submitted[20:])


class _Waiting(Future[PreparedTranscript | RefusedFile]):
    """A file that another process has begun to read if it is the first, and does not come to if it is not."""

    def __init__(self, given: tuple[InputFile, ReadOptions]) -> None:
        super().__init__()
        if given[0].slug == "00":
            self.set_running_or_notify_cancel()
            self.set_result(prepare_one(*given))
