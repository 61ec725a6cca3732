import pytest

from app.errors import MetadataError
from app.topics.vocabulary import read_vocabulary, write_vocabulary


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


def test_vocabulary_may_begin_with_a_byte_order_mark() -> None:
    assert _read('\ufeff[a]\nlabel = "A"\n') == ["a"]


FULL = """
[faith]
label = {en = "Faith", "pt-br" = "Fé"}
alternative = {en = ["belief", "Belief"], und = ["religio"]}
hidden = ["fayth"]
definition = "What is\\nbelieved."
broader = "society"
uri = "http://example.org/concept/7"
notation = "07.1"
exact_match = ["http://example.com/b", "http://example.com/a"]
replaces = ["creed", "http://example.org/concept/6"]

[society]
label = "Society"
"""


def test_labels_have_languages_and_the_first_is_shown() -> None:
    concept = read_vocabulary("topics.toml", FULL.encode())["faith"]
    assert concept.label == "Faith"
    labels = {(label.kind.value, label.language, label.text) for label in concept.labels}
    assert ("preferred", "pt-BR", "Fé") in labels
    assert ("alternative", None, "religio") in labels
    assert ("hidden", None, "fayth") in labels
    turned = FULL.replace('{en = "Faith", "pt-br" = "Fé"}', '{"pt-br" = "Fé", en = "Faith"}')
    assert read_vocabulary("topics.toml", turned.encode())["faith"].label == "Fé"


def test_written_vocabulary_reads_back_as_the_same() -> None:
    vocabulary = read_vocabulary("topics.toml", FULL.encode())
    assert read_vocabulary("again.toml", write_vocabulary(vocabulary)) == vocabulary


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[a]\nlabel = {english = "A"}', "no language tag"),
        ("[a]\nlabel = {}", "label"),
        ('[a]\nlabel = "A"\nuri = "http://x/1"\n[b]\nlabel = "B"\nuri = "http://x/1"', "'a' is http://x/1 already"),
        ('[a]\nlabel = "A"\nreplaces = ["b"]\n[b]\nlabel = "B"', "'b' is a topic of this vocabulary itself"),
        ('[a]\nlabel = "A"\nreplaces = ["c"]\n[b]\nlabel = "B"\nreplaces = ["c"]', "'a' replaces 'c' already"),
        ('[a]\nlabel = "A"\nuri = "no address"', "a.uri"),
    ],
)
def test_impossible_identity_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MetadataError, match=reason):
        read_vocabulary("topics.toml", text.encode())


def test_long_chain_of_topics_takes_linear_time_and_no_recursion() -> None:
    tables = "\n".join(f'[t{number}]\nlabel = "T"\nbroader = "t{number + 1}"' for number in range(5000))
    assert len(_read(f'{tables}\n[t5000]\nlabel = "T"\n')) == 5001
