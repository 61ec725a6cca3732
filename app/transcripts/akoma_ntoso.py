"""Reads debate records in Akoma Ntoso (OASIS LegalDocML), with or without the namespace.

Each <speech>, <question> or <answer> is one turn. Its attribute `by` points to the speaker among the references.
"""

from app.transcripts import xml
from app.transcripts.source import Source
from app.transcripts.speeches import ElementKind, Speech, read_speeches
from app.transcripts.stated import stated_address, stated_date, stated_language
from app.transcripts.transcript import (
    NO,
    Guess,
    Ledger,
    Metadata,
    SpeakerStatement,
    Transcript,
    TranscriptFormat,
    TurnKind,
)
from app.transcripts.xml import Element, XmlDocument

_ROOTS = frozenset({"akomaNtoso", "akomantoso", "AkomaNtoso"})
_TURN_KINDS = {"speech": None, "question": TurnKind.QUESTION, "answer": TurnKind.ANSWER}
_ELEMENT_KINDS: dict[str, ElementKind] = {
    **dict.fromkeys((*_TURN_KINDS, "speechGroup"), ElementKind.SPEECH),
    "from": ElementKind.LABEL,
    **dict.fromkeys(("narrative", "summary", "scene", "remark", "communication", "authorialNote"), ElementKind.NOTE),
    "recordedTime": ElementKind.NOTE,
    **dict.fromkeys(("heading", "subheading", "num"), ElementKind.HEADING),
    **dict.fromkeys(("meta", "coverPage", "preface"), ElementKind.METADATA),
    **dict.fromkeys(("br", "eol"), ElementKind.LINE_BREAK),
    **dict.fromkeys(
        (
            *("a", "abbr", "b", "code", "em", "i", "img", "s", "script", "small", "span", "strong", "sub", "sup", "u"),
            *("affectedDocument", "change", "concept", "date", "def", "del", "docAuthority", "docCommittee"),
            *("docDate", "docIntroducer", "docJurisdiction", "docketNumber", "docNumber", "docProponent"),
            *("docPurpose", "docStage", "docStatus", "docTitle", "docType", "embeddedText", "entity", "event"),
            *("inline", "ins", "judge", "lawyer", "legislature", "location", "marker", "mmod", "mod", "mref"),
            *("neutralCitation", "noteRef", "object", "omissis", "opinion", "organization", "outcome", "party"),
            *("person", "placeholder", "process", "quantity", "quotedText", "ref", "relatedDocument", "rmod", "role"),
            *("rref", "session", "shortTitle", "signature", "term", "time", "vote", "decoration"),
        ),
        ElementKind.INLINE,
    ),
}
_PEOPLE = ("TLCPerson", "TLCRole", "TLCOrganization", "TLCConcept")


def sniff(source: Source) -> Guess:
    """An <akomaNtoso> element at the root is sure enough."""
    root = xml.root_name(source)
    return Guess(0.98, f"the XML begins with <{root}>, as Akoma Ntoso does") if root in _ROOTS else NO


def parse(source: Source) -> Transcript:
    """Read a debate record.

    Raises:
        TranscriptError: xml.parse refuses it, or it has no speech.
    """
    document, ledger = xml.parse(source), Ledger(source)
    people = _people(document)
    conversation = read_speeches(document, ledger, people, _element_kind, _speech)
    if not conversation.turns:
        raise source.error("no speech was found in this Akoma Ntoso document", document.root.start)
    metadata = _metadata(document, conversation.speakers)
    remarks, counts = ledger.close()
    return Transcript(source, FORMAT.name, conversation.turns, metadata, remarks, counts)


def _element_kind(element: Element, parent: Element) -> ElementKind:
    kind = _ELEMENT_KINDS.get(element.name, ElementKind.PARAGRAPH)
    # The number of a list item is part of the speech; that of a section is part of its heading.
    if element.name == "num" and parent.name in {"item", "point", "indent", "paragraph", "p"}:
        return ElementKind.INLINE
    return kind


def _speech(element: Element) -> Speech:
    # Many records use the name as identifier, so it may contain spaces.
    who = element.attributes.get("by", "").strip().removeprefix("#")
    return Speech((who,) if who else (), _TURN_KINDS.get(element.name))


def _people(document: XmlDocument) -> dict[str, SpeakerStatement]:
    people = {}
    for element in document.root.elements(*_PEOPLE):
        identifier, name = element.identifier(), " ".join(element.attributes.get("showAs", "").split())
        if identifier and name:
            people[identifier.removeprefix("#")] = SpeakerStatement(name)
    return people


def _metadata(document: XmlDocument, speakers: tuple[SpeakerStatement, ...]) -> Metadata:
    root = document.root
    title = root.first("docTitle") or root.first("FRBRWork", "FRBRtitle") or root.first("heading")
    title_text = (title.plain() or title.attributes.get("value", "")) if title else ""
    published, evidence = None, None
    for name, attribute in (("publication", "date"), ("FRBRdate", "date"), ("docDate", "date")):
        element = root.first(name)
        if element and (published := stated_date(element.attributes.get(attribute))):
            evidence = f'<{name} {attribute}="{element.attributes[attribute]}">'
            break
    if published is None and (published := stated_date(title_text)):
        evidence = f"the title: {title_text}"
    language = root.first("FRBRlanguage")
    printed = [each.attributes.get("value", "") for each in root.elements("FRBRuri", "FRBRthis")]
    address = next((each for each in printed if stated_address(each)), None)
    topics = [each.attributes.get("showAs") for each in root.elements("keyword")]
    return Metadata(
        title=title_text or None,
        language=stated_language(language.attributes.get("language") if language else root.attributes.get("xml:lang")),
        published=published,
        published_evidence=evidence,
        publisher=_shown(root, "FRBRauthor"),
        source_url=stated_address(address),
        source_url_as_printed=address,
        speakers=speakers,
        topics=tuple(dict.fromkeys(topic for topic in topics if topic)),
    )


def _shown(root: Element, name: str) -> str | None:
    """Return the name that an element's reference points to, such as that of the record's author."""
    element = root.first(name)
    href = element.attributes.get("href", "").removeprefix("#") if element else ""
    if not href:
        return None
    return next((each.attributes.get("showAs") for each in root.elements(*_PEOPLE) if each.identifier() == href), None)


FORMAT = TranscriptFormat(
    name="akoma-ntoso",
    description="Akoma Ntoso debate records: speeches by people who are listed in the references",
    suffixes=(".xml", ".akn"),
    sniff=sniff,
    parse=parse,
)
