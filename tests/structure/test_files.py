"""What stands beside a transcript counts when the file is named by itself, as when its folder is."""

from pathlib import Path

import pytest

from app.errors import MetadataError
from app.structure.files import InputFile, find_files

_TALK = "Q: Who kept the keys?\nA: My uncle did.\n"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with a manifest and a vocabulary, and one below it."""
    for name in ("one.txt", "talks/two.txt", "talks/index.txt", "talks/three.txt", "talks/three.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(_TALK)
    (tmp_path / "manifest.csv").write_text("file,title\none.txt,One\ntalks/two.txt,Two\n")
    (tmp_path / "topics.toml").write_text('[keys]\nlabel = "Keys"\n')
    return tmp_path


def _alone(path: Path) -> InputFile:
    [file] = find_files([path]).transcripts
    return file


def test_file_by_itself_is_found_as_it_is_in_its_folder(archive: Path) -> None:
    together = find_files([archive]).transcripts
    assert [file.slug for file in together] == ["one", "talks-index", "three-md", "three-txt", "two"]
    assert [file.manifest and file.manifest.title for file in together] == ["One", None, None, None, "Two"]
    assert [_alone(file.path) for file in together] == together


def test_nearest_manifest_that_lists_a_file_counts(archive: Path) -> None:
    (archive / "talks" / "Manifest.CSV").write_text("file,title\ntwo.txt,Nearer\n")
    for found in ([_alone(archive / "talks" / "two.txt")], find_files([archive]).transcripts):
        assert {file.manifest.title for file in found if file.manifest and file.slug == "two"} == {"Nearer"}


def test_vocabulary_beside_a_file_or_beside_its_manifest_is_read(archive: Path) -> None:
    for path in ("one.txt", "talks/two.txt", "."):
        assert find_files([archive / path]).vocabularies == [archive / "topics.toml"]
    assert find_files([archive / "one.txt", archive]).vocabularies == [archive / "topics.toml"]
    assert find_files([archive / "talks" / "index.txt"]).vocabularies == []


def test_manifest_beside_a_file_that_cannot_be_read_is_refused(archive: Path) -> None:
    (archive / "talks" / "manifest.csv").write_text("name\ntwo.txt\n")
    with pytest.raises(MetadataError, match="one of them has to be 'file'"):
        find_files([archive / "talks" / "two.txt"])


def test_table_of_that_name_further_up_that_is_no_manifest_is_left_alone(archive: Path) -> None:
    (archive / "manifest.csv").write_text("name\ntwo.txt\n")
    assert _alone(archive / "talks" / "two.txt").manifest is None


def test_manifest_that_changes_is_read_again(archive: Path) -> None:
    assert _alone(archive / "one.txt").manifest is not None
    (archive / "manifest.csv").write_text("file,title\none.txt,Another\n")
    assert _alone(archive / "one.txt").manifest == find_files([archive]).transcripts[0].manifest
    (archive / "manifest.csv").unlink()
    assert _alone(archive / "one.txt").manifest is None
