import pytest

from app.errors import MetadataError
from app.text.dates import PartialDate
from app.transcripts.sidecar import read_sidecar, write_sidecar
from app.transcripts.transcript import Metadata


def test_what_the_file_states_stands_over_the_source() -> None:
    source = Metadata(
        title="As printed", source_url="https://example.org/b", source_url_as_printed="https://example.org/b?x"
    )
    metadata = read_sidecar("x.toml", b'title = "Corrected"\npublished = "2021-05"').over(source)
    assert metadata.title == "Corrected"
    assert metadata.published == PartialDate.parse("2021-05")
    assert (metadata.source_url, metadata.source_url_as_printed) == ("https://example.org/b", "https://example.org/b?x")


def test_empty_file_states_nothing() -> None:
    source = Metadata(title="As printed")
    assert read_sidecar("x.toml", b"").over(source) == source


def test_date_may_be_written_as_a_toml_date() -> None:
    assert read_sidecar("x.toml", b"published = 2021-05-06").published == "2021-05-06"


def test_stated_address_is_made_canonical() -> None:
    sidecar = read_sidecar("x.toml", b'source_url = "https://Example.org/a?fbclid=1"')
    assert sidecar.source_url == "https://example.org/a"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("published = 2021", "published"),
        ("published = [2021]", "published"),
        ("published = true", "published"),
        ("published = 2021-05-06T07:08:09", "published"),
        ("published = 07:08:09", "published"),
        ('published = "2021-02-30"', "published"),
        ('published = "May 2021"', "published"),
        ('slug = "Not A Slug"', "slug"),
        ('slug = "../up"', "slug"),
        (f'slug = "{"a" * 121}"', "slug"),
        ('title = ""', "title"),
        ('title = "a\\u0000b"', "title"),
        ("title = 3", "title"),
        ('tilte = "x"', "tilte"),
        ('language = "English"', "language"),
        ('source_url = "example.org"', "source_url"),
        ('[[speakers]]\nname = "Ines Moraes"', "speakers.0.labels"),
        ("[[speakers]]\nlabels = []", "speakers.0.labels"),
        ('[[speakers]]\nlabels = ["Q"]\nsame_as = ["Q42"]', "speakers.0.same_as.0"),
        ('[[speakers]]\nlabels = ["Q"]\nnmae = "x"', "speakers.0.nmae"),
        ('[[questions]]\nbegins = "Why"\ntopics = []', "questions.0"),
        ('[[questions]]\nbegins = "Why"\ntopics = ["Peace"]', "questions.0.topics.0"),
        ('[[questions]]\ntopics = ["peace"]', "questions.0.begins"),
    ],
)
def test_impossible_statement_is_refused_with_its_key(text: str, key: str) -> None:
    with pytest.raises(MetadataError) as refused:
        read_sidecar("x.toml", text.encode())
    assert (refused.value.file.partition(":")[0], refused.value.key) == ("x.toml", key)
    assert refused.value.reason


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('[[speakers]]\nslug = "ann"\nlabels = ["A"]', 2, "state `name`"),
        ('[[speakers]]\nlabels = ["A"]\ntitle = "x"', 3, "above the first [[speakers]]"),
        ('title = "x"\n\n[[speakers]]\nlabels = ["A"]\n[[ speakers ]]\nlabels = ["B"]\n"nmae" = "x"', 7, "'name'"),
        ('[[speakers]]\nname = "Ann"', 1, "write 'labels' too"),
        ('title = "x"\nlabels = ["A"]', 2, "a key of [[speakers]]"),
        ('zzz = "x"', 1, "There are slug, title"),
        ('title = "x"\nslug = "Not A Slug"', 2, "small letters from a to z"),
        ('language = "English"', 1, "such as 'en'"),
        ("title = 5", 1, "in quotation marks"),
        ('title = ""', 1, "leave the key out"),
        ("[[speakers]]\nlabels = []", 2, "at least one"),
        ('[[speakers]]\nlabels = "A"', 2, "write a list"),
        ('[[speakers]]\nlabels = ["A"]\nsame_as = ["Q42"]', 3, "starts with http"),
        ('[speakers]\nlabels = ["A"]', None, "a line [[speakers]]"),
        ('[speakers.A]\nrole = "interviewer"', None, "a line [[speakers]]"),
        ('speakers = ["Ann"]', 1, "a line [[speakers]]"),
        ('[[questions]]\nbegins = "Why"\ntopic = "peace"\ntopics = ["peace"]', 3, "topics = ["),
        ('speakers = [{labels = ["A"], slug = "ann"}]', 1, "state `name`"),
        (
            'title = "a"\n[[turns]]\nlabel = "A"\nkind = "note"\n[[turns]]\nlabel = "B"',
            5,
            "state something of the turn",
        ),
    ],
)
def test_statement_is_refused_with_its_line_and_what_is_meant(text: str, line: int | None, message: str) -> None:
    with pytest.raises(MetadataError) as refused:
        read_sidecar("x.toml", text.encode())
    assert refused.value.file == (f"x.toml:{line}" if line else "x.toml")
    assert message in refused.value.reason


def test_place_of_a_statement_is_that_which_wins() -> None:
    own, manifest = read_sidecar("x.toml", b'title = "a"'), read_sidecar("m.csv", b'title = "b"\nseries = "c"')
    both = own.over_sidecar(manifest.stated_in("m.csv, line 2"))
    assert [both.place_of(key) for key in ("title", "series", "slug")] == ["x.toml", "m.csv, line 2", None]


@pytest.mark.parametrize("data", [b"title = ", b"\xff", b'title = "a"\ntitle = "b"', b"a=" + b"[" * 20_000])
def test_what_is_no_toml_is_refused(data: bytes) -> None:
    with pytest.raises(MetadataError, match=r"TOML|UTF-8") as refused:
        read_sidecar("x.toml", data)
    assert refused.value.file == "x.toml"


@pytest.mark.parametrize("words", ["Yes.", "One word after another. " * 20, 'With "marks", \\ and\nlines'])
def test_metadata_file_is_written_table_by_table_and_read_the_same(words: str) -> None:
    place = {"begins": words, "after": words}
    document = {
        "title": words,
        "turns": [{"begins": words, "kind": "note"}, {"begins": words, "part_at": "x"}],
        "exchanges": [{"question": [words, place], "answers": [place, place]}],
        "questions": [{"begins": words, "topics": ["mills"]}],
    }
    written = write_sidecar(document)
    assert written.count(b"[[turns]]") == 2
    assert read_sidecar("x.toml", written).document == document
