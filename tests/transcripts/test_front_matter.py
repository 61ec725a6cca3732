"""What stands before the conversation, and the metadata read from it."""

from hypothesis import given
from hypothesis import strategies as st

from app.text.dates import parse_written_date
from app.transcripts.front_matter import find, person_in_title
from app.transcripts.source import Source


def _find(text: str):  # type: ignore[no-untyped-def]
    return find(Source("talk.md", text.encode()))


def test_yaml_block_is_mapped_to_metadata() -> None:
    front = _find(
        "---\ntitle: A talk\ndate: 2019-03-11\nlang: en\nspeakers: ['Jane Roe']\ntags:\n  - lamps\n"
        "media: https://example.org/a?utm_source=x\n---\nHello\n"
    )
    assert front.metadata.title == "A talk"
    assert front.metadata.published is not None
    assert front.metadata.published.text == "2019-03-11"
    assert front.metadata.language == "en"
    assert [each.name for each in front.metadata.speakers] == ["Jane Roe"]
    assert front.metadata.topics == ("lamps",)
    assert front.metadata.source_url == "https://example.org/a"
    assert [code for code, _, _ in front.remarks] == ["tracking-removed"]


def test_maps_links_and_folded_authors_give_names() -> None:
    front = _find(
        "---\nauthor: >\n  [Jane Roe](https://example.org) (Lamps),\n  John Doe\nguests:\n  - name: Max Moe\n---\n"
    )
    assert front.people == ("Max Moe", "Jane Roe", "John Doe")
    assert front.metadata.speakers[0].role == "interviewee"


def test_oddly_spaced_closing_fence_is_forgiven() -> None:
    front = _find("---\ntitle: A talk\n  --- \nHello\n")
    assert front.metadata.title == "A talk"
    assert front.remarks[0][0] == "front-matter"


def test_broken_yaml_is_read_line_by_line() -> None:
    front = _find('---\ntitle: "A talk\ndate: 2019\nspeakers:\n- Jane Roe\nbad: [\n---\nHello\n')
    assert front.metadata.published is not None
    assert [each.name for each in front.metadata.speakers] == ["Jane Roe"]


def test_aliases_are_not_followed() -> None:
    assert _find("---\na: &a [x]\nb: *a\ntitle: T\n---\n").remarks[0][0] == "front-matter"


def test_block_without_an_end_is_no_front_matter() -> None:
    assert _find("---\nThis is a rule and then prose.\n").end == 0


def test_unclear_date_is_remarked_and_not_stated() -> None:
    front = _find("---\ntitle: T\ndate: 03/04/2022\n---\n")
    assert front.metadata.published is None
    assert front.remarks[0][0] == "date-not-read"


def test_header_lines_before_the_conversation_are_metadata() -> None:
    text = "Title: A talk\nInterviewer: Jane Roe\nInterviewee: John Doe\n\nInterviewer: Hello?\n"
    front = _find(text)
    assert text[front.end :].lstrip().startswith("Interviewer: Hello?")
    assert [(each.name, each.role) for each in front.metadata.speakers] == [
        ("Jane Roe", "interviewer"),
        ("John Doe", "interviewee"),
    ]


def test_first_words_of_a_host_are_no_header() -> None:
    assert _find("Host: Welcome everybody, how are you?\nGuest: Fine.\n").end == 0


def test_person_in_title() -> None:
    assert person_in_title("Interview with Jane Roe, lamp maker") == "Jane Roe"
    assert person_in_title("Jane Roe") == "Jane Roe"
    assert person_in_title("Spotlight on lamps: what next?") is None


def test_dates_as_people_write_them() -> None:
    written = {
        "November 30, 2022": "2022-11-30",
        "30. Mai 2023": "2023-05-30",
        "2026-07-28T10:00:00-08:00": "2026-07-28",
        "May 2020": "2020-05",
        "2023年5月4日": "2023-05-04",
        "Monday, 4 June 2001": "2001-06-04",
    }
    assert {text: date.text for text in written if (date := parse_written_date(text))} == written
    assert parse_written_date("03/04/2022") is None
    assert parse_written_date("2024-02-31") is None


@given(
    st.text(),
    st.sampled_from(["---\n", "+++\n", "---\ntitle: ", "Title: ", ""]),
    st.sampled_from(["\n---\n", "\n+++\n", ""]),
)
def test_any_front_matter_is_survived(body: str, opening: str, closing: str) -> None:
    source = Source("a.md", (opening + body.replace("\0", "") + closing).encode())
    front = find(source)
    assert 0 <= front.start <= front.end <= len(source.text)
