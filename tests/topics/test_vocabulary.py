import pytest

from app.errors import MetadataError
from app.topics.vocabulary import read_vocabulary


def _read(text: str) -> list[str]:
    return list(read_vocabulary("topics.toml", text.encode()))


def test_concepts_come_after_those_above_them() -> None:
    text = '[c]\nlabel = "C"\nbroader = "b"\n[b]\nlabel = "B"\nbroader = "a"\n[a]\nlabel = "A"\n'
    assert _read(text) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[a]\nlabel = "A"\nbroader = "a"', "circle: a > a"),
        ('[a]\nlabel = "A"\nbroader = "b"\n[b]\nlabel = "B"\nbroader = "a"', "circle: a > b > a"),
        ('[river]\nlabel = "R"\n[b]\nlabel = "B"\nbroader = "rivver"', "Did you mean 'river'"),
        ('[a]\nlabel = ""', "a.label"),
        ("[a]\n", "a.label"),
        ('[a]\nlabel = "A"\nlable = "A"', "there is no such key"),
        ('["A b"]\nlabel = "A"', "A b"),
        ('["../etc"]\nlabel = "A"', "../etc"),
        ('[a]\nlabel = "A"\nexact_match = ["Q42"]', "exact_match"),
        ('[a]\nlabel = "A"\n[a]\nlabel = "A"', "not valid TOML"),
        ("[a\n", "not valid TOML"),
        ('[a]\nlabel = "A\\u0000"', "label"),
        ("label = 1", "label"),
    ],
)
def test_impossible_vocabulary_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(MetadataError) as refused:
        _read(text)
    assert reason in str(refused.value)
    assert str(refused.value).startswith("topics.toml")


def test_vocabulary_in_another_encoding_is_refused() -> None:
    with pytest.raises(MetadataError, match="byte 13 is not UTF-8"):
        read_vocabulary("topics.toml", '[a]\nlabel = "é"'.encode("latin-1")[:-1] + b'"')


def test_empty_vocabulary_has_no_concepts() -> None:
    assert _read("") == []
