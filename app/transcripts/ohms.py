"""Reads OHMS, the XML of the Oral History Metadata Synchronizer: one record with its transcript.

The transcript is labelled text (up to version 5) or WebVTT (version 6). The minute marks in <sync> count lines as a
viewer wraps them, so they are classed as times but give no turn a time. WebVTT has times of its own.
"""

from dataclasses import replace

from app.text.dates import parse_written_date
from app.transcripts import front_matter, labelled, webvtt, xml
from app.transcripts.conversation import Convention, read_conversation
from app.transcripts.embedded import read_embedded
from app.transcripts.people import name_speakers
from app.transcripts.source import Source
from app.transcripts.speaker_labels import remark_prose_labels
from app.transcripts.stated import stated_address, stated_date, stated_language
from app.transcripts.text_lines import LineKind, TextLine, split_lines
from app.transcripts.transcript import (
    NO,
    ByteClass,
    Guess,
    Ledger,
    Metadata,
    SpeakerStatement,
    Transcript,
    TranscriptFormat,
)
from app.transcripts.who_speaks import who_speaks
from app.transcripts.xml import Element

_TRANSCRIPTS = ("vtt_transcript", "transcript")
_OTHERS = ("vtt_transcript_alt", "transcript_alt")
_MARKS = ("<vtt_transcript", "<transcript", "<cms_record_id", "<sync>", "<media_url", "nunncenter/ohms")
_MIN_MARKS = 2
# The viewer of OHMS shows everything after this line as footnotes.
_FOOTNOTES = "[[footnotes]]"


def sniff(source: Source) -> Guess:
    """A <ROOT> with a <record>, and names of elements that only OHMS has."""
    root = xml.root_name(source)
    if root is None or root.upper() not in {"ROOT", "RECORD"} or "<record" not in source.text:
        return NO
    marks = sum(mark in source.text for mark in _MARKS)
    return Guess(0.97, f"the XML is a <{root}> with a record as OHMS writes it") if marks >= _MIN_MARKS else NO


def parse(source: Source) -> Transcript:
    """Read an OHMS record.

    Raises:
        TranscriptError: xml.parse refuses it, it is not one record, or it has no transcript.
    """
    document, ledger = xml.parse(source), Ledger(source)
    records = [document.root] if document.root.name == "record" else list(document.root.elements("record"))
    if len(records) != 1:
        raise source.error(f"there are {len(records)} records in this OHMS file; one is needed", document.root.start)
    record = records[0]
    filled = [each for name in _TRANSCRIPTS for each in record.elements(name) if each.plain()]
    if not filled:
        raise source.error("this OHMS record has no transcript", record.start)
    document.mark_markup(ledger)
    chosen = filled[0]
    _leave_aside(document.root, chosen, ledger)
    metadata = _metadata(record)
    if chosen.name == "vtt_transcript":
        read = read_embedded(source, list(chosen.runs()), ledger, webvtt.parse)
        turns, _ = name_speakers(read.turns, metadata.speakers)
        read = replace(read, turns=tuple(turns))
    else:
        read = read_embedded(source, list(chosen.runs()), ledger, lambda inner: _labelled(inner, metadata))
    remarks, account = ledger.close()
    return replace(read, format=FORMAT.name, metadata=metadata, remarks=remarks, account=account)


def _labelled(inner: Source, metadata: Metadata) -> Transcript:
    """Read labelled text whose speakers may be the people of the record."""
    found = front_matter.find(inner)
    people = tuple(each.name for each in metadata.speakers if each.name)
    speakers = metadata.speakers + found.metadata.speakers
    front = replace(found, metadata=replace(found.metadata, speakers=speakers), people=found.people + people)
    lines = split_lines(inner.text, front.end, len(inner.text))
    labelled.classify(inner.text, lines)
    _take_footnotes(inner.text, lines)
    names, count = who_speaks(inner.text, lines, front)
    ledger = Ledger(inner)
    remark_prose_labels(lines, ledger)
    if not names:
        message = "the transcript names no speakers; each paragraph is kept as a turn without a speaker"
        ledger.remark("unlabelled", message, 0)
    return read_conversation(
        inner, FORMAT.name, lines, front, Convention(names, count, paragraphs_apart=not names), ledger
    )


def _take_footnotes(text: str, lines: list[TextLine]) -> None:
    """Class the footnotes at the end as notes, without labels."""
    start = text.rfind(_FOOTNOTES)
    for line in lines:
        if 0 <= start <= line.start and line.kind is not LineKind.BLANK:
            line.kind, line.label = LineKind.NOTE, None


def _leave_aside(root: Element, chosen: Element, ledger: Ledger) -> None:
    """Class all text but that of the transcript, and remark other transcripts and minute marks."""
    waiting: list[Element | xml.XmlText] = [root]
    while waiting:
        node = waiting.pop()
        if node is chosen:
            continue
        if isinstance(node, xml.XmlText):
            xml.TextBuilder(ledger).add(node).mark(ByteClass.FRONT_MATTER)
        elif node.name in {"sync", "sync_alt"}:
            xml.mark_text(ledger, node, ByteClass.TIME)
            if node.plain():
                ledger.remark(
                    "minute-marks", "the minute marks count wrapped lines, so they give no turn a time", node.start
                )
        elif node.name in _TRANSCRIPTS or node.name in _OTHERS:
            xml.mark_text(ledger, node, ByteClass.NOTE)
            if node.plain():
                ledger.remark(
                    "other-transcript",
                    f"<{node.name}> is another version of the transcript and is not read",
                    node.start,
                )
        else:
            waiting.extend(node.children)


def _texts(record: Element, *names: str) -> list[str]:
    """Return the texts of the record's children of these names, without those of its index."""
    own = [each for each in record.children if isinstance(each, Element)]
    return [text for name in names for each in own if each.name == name and (text := each.plain())]


def _metadata(record: Element) -> Metadata:
    published, evidence = None, None
    for element in record.elements("date", "date_nonpreferred_format"):
        printed = element.attributes.get("value") or element.plain()
        published = published or stated_date(printed) or parse_written_date(printed)
        evidence = evidence or (f"the date of the record: {printed}" if published else None)
    address = next(iter(_texts(record, "media_url")), None)
    speakers = [
        SpeakerStatement(name, role)
        for role in ("interviewer", "interviewee")
        for text in _texts(record, role)
        for name in map(str.strip, text.split(";"))
        if name
    ]
    return Metadata(
        title=next(iter(_texts(record, "title")), None),
        language=stated_language(next(iter(_texts(record, "language")), None)),
        published=published,
        published_evidence=evidence,
        publisher=next(iter(_texts(record, "repository")), None),
        series=next(iter(_texts(record, "series_name", "collection_name")), None),
        source_url=stated_address(address),
        source_url_as_printed=address if stated_address(address) else None,
        summary=next(iter(_texts(record, "description")), None),
        rights=next(iter(_texts(record, "rights", "usage")), None),
        speakers=tuple(dict.fromkeys(speakers)),
        topics=_topics(record),
    )


def _topics(record: Element) -> tuple[str, ...]:
    """Return the subjects and keywords of the record and its index, or the title of a point without any."""
    texts = _texts(record, "subject", "keyword")
    for point in record.elements("point"):
        words = _texts(point, "keywords", "subjects")
        texts += words or _texts(point, "title")
    words = [word.strip() for text in texts for word in text.split(";")]
    return tuple(dict.fromkeys(word for word in words if word))


FORMAT = TranscriptFormat(
    name="ohms",
    description="OHMS records of oral history: labelled text or WebVTT inside XML, with an index",
    suffixes=(".xml",),
    sniff=sniff,
    parse=parse,
)
