"""Reads TEI: transcriptions of speech (<u who>), as in Parla-CLARIN and ISO 24624, and dialogue (<sp><speaker>).

Each utterance is one turn, with an empty line between its segments or paragraphs. What is not speech (<note>, <vocal>,
<incident>) is a note.
"""

import re
from fractions import Fraction

from app.text.dates import PartialDate
from app.transcripts import xml
from app.transcripts.label_forms import label_form
from app.transcripts.source import Source
from app.transcripts.speeches import ElementKind, Speech, read_speeches
from app.transcripts.stated import stated_address, stated_date, stated_language
from app.transcripts.transcript import NO, Guess, Ledger, Metadata, SpeakerStatement, Transcript, TranscriptFormat
from app.transcripts.xml import Element, XmlDocument

_ROOTS = frozenset({"TEI", "teiCorpus", "TEI.2"})
_SPEECHES = frozenset({"u", "sp"})
_ELEMENT_KINDS: dict[str, ElementKind] = {
    **dict.fromkeys(_SPEECHES, ElementKind.SPEECH),
    "speaker": ElementKind.LABEL,
    **dict.fromkeys(
        ("note", "stage", "vocal", "incident", "kinesic", "gap", "writing", "shift", "pause", "desc", "figDesc", "fw"),
        ElementKind.NOTE,
    ),
    "head": ElementKind.HEADING,
    **dict.fromkeys(("lb", "cb"), ElementKind.LINE_BREAK),
    **dict.fromkeys(("w", "pc"), ElementKind.WORD),
    **dict.fromkeys(
        (
            *("teiHeader", "titlePage", "docTitle", "docDate", "docAuthor", "docImprint", "docEdition", "byline"),
            *("timeline", "listEvent", "listPerson", "listPlace", "listOrg", "listBibl", "castList", "standOff"),
            *("spanGrp", "linkGrp", "interpGrp", "xenoData", "facsimile", "sourceDoc", "fsdDecl"),
        ),
        ElementKind.METADATA,
    ),
    **dict.fromkeys(
        (
            *("abbr", "add", "addName", "am", "anchor", "app", "c", "choice", "cl", "corr", "damage", "date", "del"),
            *("distinct", "email", "emph", "ex", "expan", "foreign", "forename", "formula", "g", "geogName", "gi"),
            *("hi", "ident", "idno", "lem", "m", "measure", "measureGrp", "media", "mentioned", "milestone", "mod"),
            *("name", "nameLink", "num", "orgName", "orig", "pb", "persName", "phr", "placeName", "ptr", "q", "quote"),
            *("rdg", "ref", "reg", "restore", "roleName", "rs", "s", "said", "sic", "soCalled", "supplied", "surname"),
            *("surplus", "term", "time", "title", "unclear", "unit"),
        ),
        ElementKind.INLINE,
    ),
}
# In a <choice>, the original reading is the record, and these, the editor's, are notes.
_EDITORS_READINGS = frozenset({"corr", "reg", "expan"})
# Languages in which the surname is said first.
_SURNAME_FIRST = frozenset({"hu", "zh", "ja", "ko", "vi"})
# What a division or its part says itself that is a list of contents.
_CONTENTS = frozenset({"contents", "toc", "tableofcontents", "contentslist", "index", "inhalt", "agenda"})
_POINTER = re.compile(r"\S+")
_CLOCK = re.compile(r"(?:\d{4}-\d{2}-\d{2}T)?(\d{1,3}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?", re.ASCII)
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?", re.ASCII)
_UNIT_MS = {"s": 1000, "ms": 1, "min": 60_000, "h": 3_600_000}


def sniff(source: Source) -> Guess:
    """A <TEI> or <teiCorpus> element at the root is sure enough."""
    root = xml.root_name(source)
    return Guess(0.98, f"the XML begins with <{root}>, as TEI does") if root in _ROOTS else NO


def parse(source: Source) -> Transcript:
    """Read a TEI document or corpus.

    Raises:
        TranscriptError: xml.parse refuses it, or it has no text.
    """
    document, ledger = xml.parse(source), Ledger(source)
    times = _Times(document)
    conversation = read_speeches(document, ledger, _people(document), _element_kind, times.speech)
    if not conversation.turns:
        raise source.error("no text was found in this TEI document", document.root.start)
    metadata = _metadata(document, conversation.speakers)
    remarks, counts = ledger.close()
    return Transcript(source, FORMAT.name, conversation.turns, metadata, remarks, counts)


def _element_kind(element: Element, parent: Element) -> ElementKind:
    name = element.name
    if name == "note" and element.attributes.get("type") == "speaker":
        return ElementKind.LABEL
    if name == "seg":
        return ElementKind.PARAGRAPH if parent.name in _SPEECHES else ElementKind.INLINE
    if _is_around(element):
        return ElementKind.METADATA
    if name in _EDITORS_READINGS and parent.name == "choice":
        return ElementKind.NOTE
    return _ELEMENT_KINDS.get(name, ElementKind.PARAGRAPH)


def _is_around(element: Element) -> bool:
    """Whether an element is a list of contents, or matter without a heading around the text, in which nobody speaks."""
    kind = re.sub(r"[\W_]", "", element.attributes.get("type", "")).lower()
    if element.name not in {"front", "back"} and not (element.name in {"div", "list"} and kind in _CONTENTS):
        return False
    silent = next(element.elements(*_SPEECHES), None) is None
    return silent and (element.name not in {"front", "back"} or next(element.elements("head"), None) is None)


def _pointers(value: str | None) -> tuple[str, ...]:
    return tuple(each.removeprefix("#") for each in _POINTER.findall(value or "") if each != "#")


def _people(document: XmlDocument) -> dict[str, SpeakerStatement]:
    """Return everybody whom the document declares, by the identifier that `who` points to."""
    people = {}
    language = stated_language(document.root.attributes.get("xml:lang"))
    for element in document.root.elements("person", "personGrp", "org", "role", "participant"):
        identifier = element.identifier()
        if not identifier:
            continue
        named = element.first("persName") or element.first("orgName") or element.first("name")
        name = _without_comma(_spaced(named or element)) if named or element.name == "role" else ""
        aliases = _said_name(named, language) if named else ()
        people[identifier] = SpeakerStatement(
            name or None, element.attributes.get("role"), aliases=tuple(each for each in aliases if each != name)
        )
    return people


def _without_comma(printed: str) -> str:
    """Return a name as it is said where a comma shows that it is printed as in an index: `Roe, Jane`."""
    form = label_form(printed.replace(" ,", ","))
    return form.name if "," in printed and form.is_plain else printed


def _said_name(name: Element, language: str | None) -> tuple[str, ...]:
    """Return a name as it is said, forenames before surnames, where the file marks both and has them the other way."""
    in_order = list(name.elements("forename", "surname", "nameLink"))
    forenames = [part for part in in_order if part.name == "forename"]
    surnames = [part for part in in_order if part.name != "forename"]
    if not forenames or not surnames or in_order[0].name != "surname":
        return ()
    if (language or "").partition("-")[0] in _SURNAME_FIRST:
        return ()
    surnames.sort(key=lambda part: part.name == "surname")
    return (" ".join(_spaced(part) for part in (*forenames, *surnames)),)


def _spaced(name: Element) -> str:
    """Return the parts of a name in their order, with a space between them."""
    return " ".join(" ".join(run.text for run in name.runs()).split()) if name.children else ""


class _Times:
    """The times of utterances, from their pointers into a timeline or from their own attributes."""

    def __init__(self, document: XmlDocument) -> None:
        self._moments: dict[str, Fraction] = {}
        for timeline in document.root.elements("timeline"):
            self._read(timeline)
        # In ISO 24624, speaker and times are attributes of a block around the utterance.
        self._blocks = {
            id(inner): block
            for block in document.root.elements("annotationBlock")
            for inner in block.elements(*_SPEECHES)
        }

    def _read(self, timeline: Element) -> None:
        unit = timeline.attributes.get("unit")
        zero: Fraction | None = None
        for when in timeline.elements("when"):
            values, identifier = when.attributes, when.identifier()
            moment: Fraction | None = None
            scale = _UNIT_MS.get(values.get("unit", unit or "s"))
            absolute = _clock(values.get("absolute"))
            if absolute is not None:
                zero = absolute if zero is None else zero
                moment = absolute - zero
            elif scale and _NUMBER.fullmatch(values.get("interval", "")):
                since = (values.get("since") or "").removeprefix("#")
                base = self._moments.get(since) if since else Fraction(0)
                moment = None if base is None else base + Fraction(values["interval"]) * scale
            elif not self._moments and "since" not in values:
                moment = Fraction(0)
            if identifier and moment is not None and moment >= 0:
                self._moments[identifier] = moment

    def speech(self, element: Element) -> Speech:
        """Return who speaks in an utterance and when."""
        block = self._blocks.get(id(element))
        values = {**(block.attributes if block else {}), **element.attributes}
        return Speech(
            identifiers=_pointers(values.get("who")),
            start_ms=self._milliseconds(values.get("start")),
            end_ms=self._milliseconds(values.get("end")),
        )

    def _milliseconds(self, value: str | None) -> int | None:
        if not value:
            return None
        moment = self._moments.get(value.removeprefix("#"))
        if moment is None:
            moment = _clock(value)
        return None if moment is None else round(moment)


def _clock(value: str | None) -> Fraction | None:
    """Read 00:01:02.5, also after a date, as milliseconds."""
    match = _CLOCK.match(value or "")
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole + Fraction(int(fraction or 0), 10 ** len(fraction or ""))) * 1000


def _metadata(document: XmlDocument, speakers: tuple[SpeakerStatement, ...]) -> Metadata:
    """Read the header of the text, and where it says nothing, that of the corpus around it."""
    root = document.root
    texts = list(root.elements("TEI", "TEI.2")) if root.name == "teiCorpus" else [root]
    inner = texts[0] if len(texts) == 1 else root
    headers = [header for each in dict.fromkeys((inner, root)) if (header := each.first("teiHeader"))]
    language = stated_language(inner.attributes.get("xml:lang") or root.attributes.get("xml:lang"))
    if language is None:
        used = [each.attributes.get("ident") for header in headers[:1] for each in header.elements("language")]
        language = stated_language(used[0]) if len(used) == 1 else None
    dates = filter(None, map(_published, headers))
    titles = filter(None, (_in_language(header, language, "titleStmt", "title") for header in headers))
    addresses = filter(None, map(_address, headers))
    publishers = filter(None, (_publisher(header, language) for header in headers))
    published, evidence = next(dates, (None, None))
    address = next(addresses, None)
    return Metadata(
        title=next(titles, None),
        language=language,
        published=published,
        published_evidence=evidence,
        publisher=next(publishers, None),
        source_url=stated_address(address),
        source_url_as_printed=address,
        summary=_summary(headers),
        rights=_rights(headers),
        speakers=speakers,
        topics=_topics(headers),
    )


def _summary(headers: list[Element]) -> str | None:
    """Return the abstract, if it is prose and not a list."""
    abstracts = [abstract for header in headers if (abstract := header.first("profileDesc", "abstract"))]
    return abstracts[0].plain() or None if abstracts and abstracts[0].first("p") else None


def _rights(headers: list[Element]) -> str | None:
    licences = [licence for header in headers if (licence := header.first("availability", "licence"))]
    return (licences[0].plain() or licences[0].attributes.get("target")) if licences else None


def _topics(headers: list[Element]) -> tuple[str, ...]:
    terms = [
        term.plain()
        for header in headers[:1]
        for words in header.elements("keywords")
        for term in words.elements("term", "item")
        if term.first("term") is None
    ]
    return tuple(dict.fromkeys(term for term in terms if term))


def _in_language(header: Element, language: str | None, *path: str) -> str | None:
    """Return the text of the first element at the path in the language of the transcript, or else of the first."""
    *outer, name = path
    place = header.first(*outer)
    elements = [each for each in place.elements(name) if each.children] if place else []
    fitting = [each for each in elements if stated_language(each.attributes.get("xml:lang")) == language]
    chosen = next(iter(fitting or elements), None)
    return chosen.plain() or None if chosen else None


def _published(header: Element) -> tuple[PartialDate, str] | None:
    """Return the date of publication, or else that of the source or setting, and its evidence."""
    for place in ("publicationStmt", "sourceDesc", "settingDesc"):
        within = header.first(place)
        for element in within.elements("date") if within else ():
            values = element.attributes
            if date := stated_date(values.get("when") or values.get("when-iso") or element.plain()):
                return date, f"the date in <{place}>: {element.plain() or values.get('when', '')}"
    return None


def _address(header: Element) -> str | None:
    """Return the address of the source, or of the publication, as printed."""
    for place in ("sourceDesc", "publicationStmt"):
        within = header.first(place)
        for element in within.elements("idno", "ptr", "ref", "media") if within else ():
            if element.name == "idno" and element.attributes.get("type", "").lower() not in {"uri", "url"}:
                continue
            values = element.attributes
            printed = element.plain() if element.name == "idno" else values.get("target") or values.get("url") or ""
            if stated_address(printed):
                return printed
    return None


def _publisher(header: Element, language: str | None) -> str | None:
    for name in ("publisher", "authority", "distributor"):
        element = header.first("publicationStmt", name)
        if element is None:
            continue
        if element.first("orgName"):
            return _in_language(element, language, "orgName")
        if text := element.plain():
            return text
    return None


FORMAT = TranscriptFormat(
    name="tei",
    description="TEI: utterances (<u who>) or speeches of a dialogue (<sp>) with a list of people",
    suffixes=(".xml", ".tei"),
    sniff=sniff,
    parse=parse,
)
