"""Reads EXMARaLDA transcriptions (.exb): the verbal tier of each speaker, in the order of time.

An event is no unit of speech: it ends where another speaker begins. So events that follow one another in a tier without
a gap are one utterance, up to the end of a sentence.
"""

import re
from collections.abc import Iterable

from app.transcripts import xml
from app.transcripts.source import Source
from app.transcripts.stated import stated_language
from app.transcripts.tiers import Annotation, Tier
from app.transcripts.transcript import NO, Guess, Metadata, Transcript, TranscriptFormat
from app.transcripts.xml import Element, XmlText
from app.transcripts.xml_cues import folded, read_tiers

_ROOT = "basic-transcription"
# A tier of this type holds what is said; the others annotate and describe.
_TRANSCRIPTION = "t"
_BEHIND_ENDS = " \t\r\n\"'”’)]"
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "˙")
_SECONDS = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,20})?")


def sniff(source: Source) -> Guess:
    """A <basic-transcription> at the root is sure enough."""
    return Guess(0.98, f"the XML begins with <{_ROOT}>, as EXMARaLDA does") if xml.root_name(source) == _ROOT else NO


def parse(source: Source) -> Transcript:
    """Read a basic transcription.

    Raises:
        TranscriptError: xml.parse refuses it, or no tier has words.
    """
    document = xml.parse(source)
    root = document.root
    speakers = {each.attributes.get("id", ""): each for each in root.elements("speaker")}
    labels = {identifier: _label(each) or identifier for identifier, each in speakers.items()}
    points = _timeline(root)
    tiers = [_tier(each, labels, points) for each in root.elements("tier")]
    metadata = Metadata(
        title=_text(root, "transcription-name"),
        language=_language(speakers.values()),
    )
    return read_tiers(source, FORMAT.name, document, tiers, metadata)


def _label(speaker: Element) -> str | None:
    abbreviation = speaker.first("abbreviation")
    return (abbreviation.plain() if abbreviation else "") or None


def _text(root: Element, name: str) -> str | None:
    element = root.first(name)
    return (element.plain() if element else "") or None


def _language(speakers: Iterable[Element]) -> str | None:
    used = {
        stated_language(language.attributes.get("lang"))
        for speaker in speakers
        if (languages := speaker.first("languages-used"))
        for language in languages.elements("language")
    }
    return used.pop() if len(used) == 1 else None


def _timeline(root: Element) -> dict[str, tuple[int, int | None]]:
    """Return the place of each point in the timeline, and its time in milliseconds, if it has one."""
    points: dict[str, tuple[int, int | None]] = {}
    for place, point in enumerate(root.elements("tli")):
        time = point.attributes.get("time", "")
        ms = round(float(time) * 1000) if _SECONDS.fullmatch(time) else None
        points.setdefault(point.attributes.get("id", ""), (place, ms))
    return points


def _tier(element: Element, labels: dict[str, str], points: dict[str, tuple[int, int | None]]) -> Tier:
    values = element.attributes
    tier = Tier(
        values.get("display-name") or values.get("id", ""),
        labels.get(values.get("speaker", "")),
        is_speech=values.get("type", _TRANSCRIPTION) == _TRANSCRIPTION,
    )
    until, is_ended = "", False
    runs_of_last: list[XmlText] = []
    for event in element.elements("event"):
        runs = list(event.runs())
        if not runs:
            continue
        begin, end = event.attributes.get("start", ""), event.attributes.get("end", "")
        (place, start_ms), (_, end_ms) = points.get(begin, (None, None)), points.get(end, (None, None))
        last = tier.annotations[-1] if tier.annotations else None
        if last and begin == until and not is_ended:
            runs_of_last += runs
            last.pieces += folded(runs, after=last.pieces)
            last.end_ms = end_ms
        else:
            runs_of_last, is_ended = runs, False
            tier.annotations.append(Annotation(runs[0].start, start_ms, end_ms, folded(runs), runs, place))
        # An event of closing marks alone ends what the one before it has ended.
        if words := "".join(run.text for run in runs).rstrip(_BEHIND_ENDS):
            is_ended = words.endswith(_SENTENCE_ENDS)
        until = end
    return tier


FORMAT = TranscriptFormat(
    name="exmaralda",
    description="EXMARaLDA transcriptions: the verbal tiers of the speakers, put together by their times",
    suffixes=(".exb",),
    sniff=sniff,
    parse=parse,
)
