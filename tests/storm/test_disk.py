"""An import of two files beside a disk that fails, at each of its system calls; and the same checks on programs that
lack what makes it safe, where they have to find something.

Each test takes some of the calls; `make storm` takes all of them, and prints how many.
"""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import NO_COMPILER
from tests.storm import disk as storm
from tests.storm.disk import ANY, FAIL, FAIL_FROM_NOW_ON, KILL_HALF_WAY, SYNC, WRITE, WRITING, Disk

# Whether every call is tried.
IS_WHOLE = os.environ.get("QUOTH_STORM") == "all"


@pytest.fixture(scope="module")
def disk(sqlite_template: Path) -> Iterator[Disk]:
    if storm.compiler() is None:
        if os.environ.get("QUOTH_TEST_REQUIRE_COMPILER"):
            pytest.fail("disk faults have to be tested here, and no C compiler is installed")
        pytest.skip(NO_COMPILER)
    with storm.disk(sqlite_template) as made:
        yield made


def chosen(calls: int | None, few: int) -> list[int]:
    """Choose some of the calls, spread over all of them; or all."""
    assert calls
    step = 1 if IS_WHOLE else max(1, calls // few)
    return sorted({*range(1, calls + 1, step), calls})


def say(what: str, tried: int, bad: int) -> None:
    """Tell `make storm` what was tried."""
    print(f"\n{what}: {tried} tried, {bad} lost or damaged", end="")


def count(disk: Disk, kinds: int) -> int | None:
    """Count the calls of an import to which nothing happens."""
    disk.renew()
    whole = disk.load(kinds=kinds)
    assert whole.stored == [str(file) for file in disk.files]
    assert disk.problems(whole.stored) == []
    return whole.calls


def killed(disk: Disk, places: list[int], variant: str = "") -> list[str]:
    """Kill an import half way through each of some calls, and say what was wrong afterwards."""
    found = []
    for at in places:
        disk.renew()
        loaded = disk.load(action=KILL_HALF_WAY, kinds=WRITING, at=at, variant=variant)
        assert loaded.signal == 9, (at, loaded)
        found += [f"killed at call {at}: {problem}" for problem in disk.problems(loaded.stored)]
        if not variant:
            again = disk.load()
            assert again.stored == [str(file) for file in disk.files], (at, again)
            found += [f"loaded again after call {at}: {problem}" for problem in disk.problems(again.stored)]
    return found


def test_import_killed_at_any_write_leaves_each_file_whole_or_absent(disk: Disk) -> None:
    places = chosen(count(disk, WRITING), 14)
    found = killed(disk, places)
    say("kill -9 half way through a call that writes", len(places), len(found))
    assert found == []


def test_kills_would_show_an_import_without_a_transaction(disk: Disk) -> None:
    disk.renew()
    calls = disk.load(kinds=WRITING, variant="no transaction").calls
    assert calls
    assert any("in part" in one for one in killed(disk, [calls // 4, calls // 3, calls // 2], "no transaction"))


def faulty(disk: Disk, places: list[tuple[int, int, int, int]], variant: str = "") -> list[str]:
    """Let calls of an import fail: action, kinds, number of the call, and error."""
    found = []
    for action, kinds, at, error in places:
        disk.renew()
        where = f"{errno.errorcode[error]} at call {at}{'' if action == FAIL else ' and all after it'}"
        loaded = disk.load(action=action, kinds=kinds, at=at, error=error, variant=variant)
        found += [f"{where}: {problem}" for problem in (*disk.problems(loaded.stored), *loaded.crashes)]
        for _file, status, message, _crash in loaded.runs:
            if status and (status not in {69, 74, 75} or len(message.strip().splitlines()) != 1):
                found.append(f"{where}: status {status}, {message!r}")
        if not variant:
            again = disk.load()
            assert again.stored == [str(file) for file in disk.files], (where, again)
            found += [f"loaded again after {where}: {problem}" for problem in disk.problems(again.stored)]
    return found


def test_error_at_any_call_is_told_and_leaves_each_file_whole_or_absent(disk: Disk) -> None:
    places = [(FAIL, ANY, at, errno.EIO) for at in chosen(count(disk, ANY), 12)]
    places += [(FAIL_FROM_NOW_ON, WRITE, at, errno.ENOSPC) for at in chosen(count(disk, WRITE), 5)]
    places += [(FAIL, SYNC, at, errno.EIO) for at in chosen(count(disk, SYNC), 5)]
    found = faulty(disk, places)
    say("an error of a system call", len(places), len(found))
    assert found == []


def test_errors_would_show_a_program_that_takes_no_notice(disk: Disk) -> None:
    places = [(FAIL_FROM_NOW_ON, WRITE, 20, errno.ENOSPC), (FAIL_FROM_NOW_ON, SYNC, 2, errno.EIO)]
    assert any("acknowledged and is lost" in one for one in faulty(disk, places, "deaf"))


def cut(disk: Disk, few: int, disks: int, variant: str = "") -> tuple[int, list[str]]:
    """Cut the power at some of the calls, each time for several disks that may be left."""
    disk.renew()
    before = {str(disk.database): disk.database.read_bytes()}
    loaded = disk.load(kinds=WRITING, trace=str(disk.trace), variant=variant)
    assert len(loaded.stored) == len(disk.files)
    operations = storm.read_trace(disk.trace)
    tried, found = 0, []
    for at in chosen(len(operations), few):
        for number in range(disks):
            left = storm.PowerCut(before, operations[:at], storm.chance_of(at, number))
            left.put(disk.folder)
            tried += 1
            found += [f"cut after call {at}, disk {number}: {problem}" for problem in disk.problems(left.stored)]
    return tried, found


def test_power_cut_at_any_call_loses_nothing_that_was_acknowledged(disk: Disk) -> None:
    tried, found = cut(disk, 60, 4 if IS_WHOLE else 2)
    say("power cuts, simulated by sectors", tried, len(found))
    assert found == []


def test_power_cuts_would_show_an_import_that_does_not_wait_for_the_disk(disk: Disk) -> None:
    _tried, found = cut(disk, 30, 2, "no sync")
    assert any("acknowledged and is lost" in one for one in found)
