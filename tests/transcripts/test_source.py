import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts.source import Source


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_byte_order_mark_says_the_encoding(encoding: str) -> None:
    words = "Q: Où est le café?\nA: Là-bas 🙂"
    data = ("\ufeff" + words).encode(encoding) if encoding == "utf-16-be" else words.encode(encoding)
    source = Source("x.txt", data)
    assert source.text.lstrip("\ufeff") == words
    assert data.decode(source.encoding) == source.text


def test_without_a_mark_a_file_is_utf_8() -> None:
    assert Source("x.txt", "é".encode()).encoding == "utf-8"


def test_file_in_another_encoding_is_refused_at_its_place() -> None:
    with pytest.raises(TranscriptError, match="UTF-8") as refused:
        _ = Source("old.txt", "Q: Why?\nA: Très bien.".encode("latin-1")).text
    assert (refused.value.file, refused.value.line, refused.value.column) == ("old.txt", 2, 6)


def test_overlong_and_surrogate_bytes_are_refused() -> None:
    for data in (b"Q: \xc0\xae", b"Q: \xed\xa0\x80", b"Q: \xf5\x80\x80\x80"):
        with pytest.raises(TranscriptError):
            _ = Source("x.txt", data).text


def test_nul_is_refused_at_its_place() -> None:
    with pytest.raises(TranscriptError, match="NUL") as refused:
        _ = Source("x.txt", b"Q: Why?\nA: B\0ecause.").text
    assert (refused.value.line, refused.value.column) == (2, 5)


def test_digest_is_of_the_bytes() -> None:
    data = "\ufeffQ: Why?".encode()
    assert Source("x.txt", data).sha256 == hashlib.sha256(data).hexdigest()


def test_suffix_is_lower_case_and_may_be_missing() -> None:
    assert Source("Folder.d/Talk.TXT", b"").suffix == ".txt"
    assert Source("Folder.d/talk", b"").suffix == ""


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80), st.data())
def test_position_counts_lines_and_code_points_from_one(text: str, data: st.DataObject) -> None:
    source = Source("x.txt", text.encode())
    offset = data.draw(st.integers(0, len(text)))
    before = text[:offset]
    assert source.position(offset) == (before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80), st.data())
def test_byte_lengths_of_parts_add_up(text: str, data: st.DataObject) -> None:
    source = Source("x.txt", text.encode())
    middle = data.draw(st.integers(0, len(source.text)))
    assert source.byte_length(0, middle) + source.byte_length(middle, len(source.text)) == len(source.data)
