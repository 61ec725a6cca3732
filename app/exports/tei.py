"""TEI P5: utterances (`<u who>`) with printed labels, notes, headings, times, and links between questions and answers.

The header has only what the source states. Characters that XML cannot represent are left out, and the header says how
many.
"""

from collections.abc import Iterable, Iterator, Mapping

from app.exports import xml
from app.exports.format import InterviewDocument, InterviewFormat, Item
from app.exports.speech import display_name, label_of, one_line, people_of, role_is_inferred, role_of
from app.exports.xml import element, text_element
from app.text.paragraphs import PARAGRAPH
from app.transcripts.transcript import SPOKEN, TurnKind

_NAMESPACE = "http://www.tei-c.org/ns/1.0"
_WHITE_SPACE = " \t\r\n"
_PRESERVED = {"xml:space": "preserve"}


def render(document: InterviewDocument) -> str:
    """Write an interview as a TEI document."""
    people = people_of(document.record)
    root = {"xmlns": _NAMESPACE, "xml:lang": document.interview["language"]}
    turns = document.record["turns"]
    body = element("body", *_timeline(turns), *_divisions(document.written(turns), people))
    return (
        xml.DECLARATION
        + element("TEI", _header(document, people), *_links(document.record), element("text", body), attributes=root)
        + "\n"
    )


def _header(document: InterviewDocument, people: Mapping[str, Item]) -> str:
    interview, record = document.interview, document.record
    published = text_element("date", interview["published"], {"when": interview["published"]})
    publisher = text_element("publisher", interview["publisher"])
    return "\n" + element(
        "teiHeader",
        element(
            "fileDesc",
            element("titleStmt", text_element("title", interview["title"])),
            element("editionStmt", text_element("edition", f"Revision {interview['revision']}")),
            element(
                "publicationStmt",
                *([publisher, published] if publisher else [text_element("p", "The source states no publisher.")]),
            ),
            element(
                "sourceDesc",
                element(
                    "bibl",
                    text_element("title", interview["title"]),
                    publisher,
                    published,
                    text_element("series", interview["series"]),
                    text_element("idno", interview["source_url"], {"type": "URI"}),
                    text_element("idno", interview["id"], {"type": "quoth"}),
                    text_element("idno", record["transcript"]["sha256"], {"type": "sha256"}),
                    element("availability", text_element("licence", interview["rights"]))
                    if interview["rights"]
                    else "",
                ),
            ),
        ),
        _encoding(record["turns"]),
        element("profileDesc", *_profile(interview, people)),
    )


def _encoding(turns: Iterable[Item]) -> str:
    """Declare the categories that `ana` points to, and say which characters are left out."""
    kinds = [
        element("category", text_element("catDesc", kind.value), attributes={"xml:id": kind})
        for kind in TurnKind
        if kind in SPOKEN
    ]
    classes = element("classDecl", element("taxonomy", *kinds))
    left_out = sum(len(turn["text"]) - len(xml.representable(turn["text"])) for turn in turns)
    editing = text_element(
        "p", f"{left_out} control characters of the source, which XML cannot hold, are left out of the text."
    )
    return element("encodingDesc", element("editorialDecl", editing) if left_out else "", classes)


def _profile(interview: Item, people: Mapping[str, Item]) -> Iterator[str]:
    if interview["summary"]:
        yield element("abstract", text_element("p", interview["summary"]))
    if interview["language"]:
        yield element("langUsage", text_element("language", interview["language"], {"ident": interview["language"]}))
    if people:
        yield element("particDesc", element("listPerson", *map(_person, people.values())))
    if interview["topics"]:
        terms = [text_element("term", topic["label"], {"key": topic["slug"]}) for topic in interview["topics"]]
        yield element("textClass", element("keywords", *terms))


def _person(person: Item) -> str:
    name = text_element("persName", person["name"])
    label = one_line(person["labels"][0]) if person["labels"] else display_name(person)
    unnamed = None if person["name"] else label
    return element(
        "person",
        name,
        text_element("note", unnamed, {"type": "label"}),
        text_element("note", role_is_inferred(person), {"type": "role"}),
        text_element("affiliation", person["affiliation"]),
        attributes={"xml:id": _speaker(person["slug"]), "role": role_of(person)},
    )


def _speaker(slug: str) -> str:
    return f"speaker-{slug}"


def _turn(turn: Item) -> str:
    # A number cannot begin an xml:id, and an id may begin with one.
    return f"turn-{turn['id']}"


def _moment(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else f"T{milliseconds}"


def _timeline(turns: Iterable[Item]) -> Iterator[str]:
    moments = {turn[name] for turn in turns for name in ("start_ms", "end_ms")} - {None}
    if not moments:
        return
    beginning = element("when", attributes={"xml:id": "T0"})
    later = (
        element("when", attributes={"xml:id": _moment(each), "interval": str(each), "since": "#T0"})
        for each in sorted(moments - {0})
    )
    yield "\n" + element("timeline", beginning, *later, attributes={"unit": "ms", "origin": "#T0"})


def _divisions(turns: Iterable[Item], people: Mapping[str, Item]) -> Iterator[str]:
    """Begin a division at every heading: TEI allows a heading only at the beginning of one."""
    inside: list[str] = []
    is_filled = False
    for turn in turns:
        if turn["kind"] == TurnKind.HEADING and is_filled:
            yield element("div", *inside)
            inside, is_filled = [], False
        is_filled = is_filled or turn["kind"] != TurnKind.HEADING
        inside += ["\n", _spoken(turn, people)]
    yield element("div", *inside)


def _spoken(turn: Item, people: Mapping[str, Item]) -> str:
    identity = {"xml:id": _turn(turn)}
    if turn["kind"] == TurnKind.HEADING:
        return text_element("head", turn["text"], {**identity, **_PRESERVED})
    if turn["kind"] == TurnKind.NOTE:
        return text_element("note", turn["text"], {**identity, **_PRESERVED})
    label = label_of(turn, people)
    attributes = {
        **identity,
        "who": f"#{_speaker(turn['speaker'])}" if turn["speaker"] else None,
        "ana": f"#{turn['kind']}",
        "start": None if turn["start_ms"] is None else f"#{_moment(turn['start_ms'])}",
        "end": None if turn["end_ms"] is None else f"#{_moment(turn['end_ms'])}",
        **_PRESERVED,
    }
    return element(
        "u", text_element("note", label, {"type": "speaker"}), *_segments(turn["text"]), attributes=attributes
    )


def _segments(text: str) -> list[str]:
    """Write each paragraph as a segment; if that would lose white space, write the text as a whole."""
    text = xml.representable(text)
    paragraphs = text.split(PARAGRAPH)
    if all(paragraph and paragraph == paragraph.strip(_WHITE_SPACE) for paragraph in paragraphs):
        return [text_element("seg", paragraph) for paragraph in paragraphs]
    return [xml.content(text)]


def _links(record: Item) -> Iterator[str]:
    """Link the turns of each question to those of each of its answers."""
    questions: dict[str, list[str]] = {}
    answers: dict[tuple[str, str], list[str]] = {}
    for turn in record["turns"]:
        if turn["answer_id"]:
            answers.setdefault((turn["question_id"], turn["answer_id"]), []).append(_turn(turn))
        elif turn["question_id"]:
            questions.setdefault(turn["question_id"], []).append(_turn(turn))
    links = [
        element("link", attributes={"target": " ".join(f"#{each}" for each in [*questions.get(question, []), *answer])})
        for (question, _answer), answer in answers.items()
    ]
    if links:
        yield "\n" + element("standOff", element("linkGrp", *links, attributes={"type": "question-answer"}))


FORMAT = InterviewFormat(
    name="tei",
    media_type="application/tei+xml",
    suffix=".xml",
    description="TEI P5, a transcription of speech",
    render=render,
)
