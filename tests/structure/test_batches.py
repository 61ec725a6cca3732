from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.structure import batches
from app.structure.batches import ReadOptions, RefusedFile, prepare_all, prepare_one
from app.structure.files import InputFile, find_files
from app.structure.pairing import Attribution, Role
from app.structure.prepare import PreparedTranscript

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
