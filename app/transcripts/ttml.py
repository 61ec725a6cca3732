"""Reads TTML, the timed text of the W3C (.ttml, .dfxp), and the transcripts that Apple Podcasts makes of it.

A paragraph is a cue. Who speaks is the agent of the paragraph or of what surrounds it, or else a label in the text. Of
a file in several languages one is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.transcripts import xml
from app.transcripts.captions import finish_cues
from app.transcripts.cue_text import Cue, SourceRun, Voice, VoiceSpan
from app.transcripts.source import Source
from app.transcripts.stated import stated_language
from app.transcripts.transcript import (
    NO,
    Guess,
    Ledger,
    Metadata,
    SpeakerStatement,
    Tally,
    TextFormat,
    Transcript,
    TranscriptFormat,
)
from app.transcripts.xml import Element, XmlDocument, XmlText
from app.transcripts.xml_cues import folded, mark_unused

_CLOCK = re.compile(
    r"(?:(?P<h>[0-9]{1,4}):)?(?P<m>[0-9]{1,3}):(?P<s>[0-9]{1,2})(?:[.,](?P<fraction>[0-9]{1,9})|:(?P<frames>[0-9]{1,3}))?"
)
_OFFSET = re.compile(r"(?P<count>[0-9]{1,12}(?:\.[0-9]{1,9})?)(?P<unit>h|m|s|ms|f|t)?")
_UNIT_MS = {"h": 3_600_000.0, "m": 60_000.0, "s": 1000.0, "ms": 1.0}
# Milliseconds into a recording, at most: a larger number is no time.
_LATEST_MS = 2_000_000_000
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
# Elements inside a paragraph whose text is not shown.
_SILENT = frozenset({"metadata", "set", "animate", "desc", "title", "image", "audio", "rt", "rp"})


def sniff(source: Source) -> Guess:
    """A <tt> element at the root is sure enough."""
    return Guess(0.98, "the XML begins with <tt>, as TTML does") if xml.root_name(source) == "tt" else NO


def parse(source: Source) -> Transcript:
    """Read timed text.

    Raises:
        TranscriptError: xml.parse refuses it, or no paragraph has text.
    """
    document, ledger = xml.parse(source), Ledger(source)
    document.mark_markup(ledger)
    tally, people = Tally(ledger), _people(document)
    reader = _TtmlReader(_Clock(document.root), tally)
    reader.read(document.root)
    languages = list(dict.fromkeys(paragraph.language for paragraph in reader.paragraphs))
    stated = stated_language(document.root.attributes.get("xml:lang"))
    chosen = stated if stated in languages else (languages or [None])[0]
    used, others = list[XmlText](), list[XmlText]()
    cues: list[Cue] = []
    agents = any(paragraph.agent for paragraph in reader.paragraphs)
    for paragraph in reader.paragraphs:
        if paragraph.language != chosen:
            others += paragraph.element.runs()
            tally.note("other-language", "paragraphs in another language are not read", paragraph.element.start)
            continue
        used += paragraph.runs
        cues.append(paragraph.cue(agents))
    mark_unused(document, used, ledger, others)
    metadata = Metadata(
        title=_head_text(document, "title"),
        language=chosen or stated,
        summary=_head_text(document, "desc"),
        rights=_head_text(document, "copyright"),
        speakers=tuple(people.values()),
    )
    read = finish_cues(source, FORMAT.name, cues, metadata, ledger, tally)
    names = {agent: person.name for agent, person in people.items()}
    return replace(
        read, turns=tuple(replace(turn, speaker=names.get(turn.label)) if turn.label else turn for turn in read.turns)
    )


def _head_text(document: XmlDocument, name: str) -> str | None:
    head = document.root.first("head")
    element = head.first(name) if head else None
    return (element.plain() if element else "") or None


def _attribute(element: Element, name: str) -> str | None:
    """Return an attribute by its name without prefix."""
    return next((value for key, value in element.attributes.items() if key.rpartition(":")[2] == name), None)


def _people(document: XmlDocument) -> dict[str, SpeakerStatement]:
    """Return the agents whom the head declares with a name, by their identifier."""
    people = {}
    for agent in document.root.elements("agent"):
        identifier, name = agent.identifier(), agent.first("name")
        if identifier:
            printed = name.plain() if name else ""
            people[identifier] = SpeakerStatement(printed or None, labels=(identifier,))
    return people


class _Clock:
    """Reads times as the root element defines frames and ticks."""

    def __init__(self, root: Element) -> None:
        rate = _number(_attribute(root, "frameRate")) or 30.0
        factors = [_number(part) or 1.0 for part in re.split(r"[\s:]+", _attribute(root, "frameRateMultiplier") or "1")]
        if len(factors) > 1:
            rate *= factors[0] / factors[1]
        self._frame_ms = 1000 / rate
        ticks = _number(_attribute(root, "tickRate"))
        self._tick_ms = 1000 / ticks if ticks else 1000.0

    def ms(self, printed: str | None) -> float | None:
        """Return a time in milliseconds, or None."""
        printed = (printed or "").strip()
        moment: float | None = None
        if clock := _CLOCK.fullmatch(printed):
            seconds = (int(clock["h"] or 0) * 60 + int(clock["m"])) * 60 + int(clock["s"])
            part = float(f"0.{clock['fraction']}") * 1000 if clock["fraction"] else 0.0
            moment = seconds * 1000 + part + int(clock["frames"] or 0) * self._frame_ms
        elif offset := _OFFSET.fullmatch(printed):
            unit = offset["unit"] or "s"
            each = {"f": self._frame_ms, "t": self._tick_ms}.get(unit) or _UNIT_MS[unit]
            moment = float(offset["count"]) * each
        return moment if moment is not None and moment <= _LATEST_MS else None


def _number(printed: str | None) -> float | None:
    printed = (printed or "").strip()
    return float(printed) if _NUMBER.fullmatch(printed) and float(printed) else None


@dataclass(frozen=True, slots=True)
class _Place:
    """What an element has from those around it: times that its own count from, agent and language."""

    start_ms: float = 0.0
    end_ms: float | None = None
    agent: str | None = None
    language: str | None = None


@dataclass
class _Paragraph:
    element: Element
    start_ms: float | None
    end_ms: float | None
    agent: str | None
    language: str | None
    # (agent, runs, whether a line break comes before them)
    spans: list[tuple[str | None, list[XmlText | None]]] = field(default_factory=list)

    @property
    def runs(self) -> list[XmlText]:
        return [run for _, runs in self.spans for run in runs if run]

    def cue(self, agents: bool) -> Cue:
        """Make the cue; where the file has `agents`, a paragraph without one is nobody's."""
        spans: list[VoiceSpan] = []
        for agent, runs in self.spans:
            pieces: list[SourceRun | str] = []
            line: list[XmlText] = []
            for run in [*runs, None]:
                if run:
                    line.append(run)
                    continue
                pieces += folded(line, after=pieces)
                pieces.append("\n")
                line = []
            spans.append(VoiceSpan(Voice(agent) if agents else None, pieces[:-1]))
        start, end = (None if ms is None else round(ms) for ms in (self.start_ms, self.end_ms))
        return Cue(self.element.start, start, end, [span for span in spans if any(map(_has_text, span.pieces))])


def _has_text(piece: SourceRun | str) -> bool:
    return not isinstance(piece, str)


@dataclass
class _TtmlReader:
    clock: _Clock
    tally: Tally
    paragraphs: list[_Paragraph] = field(default_factory=list)

    def read(self, root: Element) -> None:
        """Find the paragraphs, with what they have from the elements around them."""
        waiting = [(root, _Place())]
        while waiting:
            element, around = waiting.pop()
            if element.name in {"head", "metadata"}:
                continue
            here = self._place(element, around)
            if element.name == "p":
                self._paragraph(element, here)
                continue
            inner = [child for child in reversed(element.children) if isinstance(child, Element)]
            waiting.extend((child, here) for child in inner)

    def _place(self, element: Element, around: _Place) -> _Place:
        values = element.attributes
        begin, end, duration = (self.clock.ms(values.get(name)) for name in ("begin", "end", "dur"))
        for name, found in (("begin", begin), ("end", end)):
            if found is None and values.get(name) and values[name] != "indefinite":
                self.tally.note("bad-time", f"no such time: {values[name][:40]!r}; it is left out", element.start)
        start_ms = around.start_ms + (begin or 0.0)
        end_ms = around.start_ms + end if end is not None else None
        if end_ms is None and duration is not None:
            end_ms = start_ms + duration
        agent = (_attribute(element, "agent") or "").split()
        language = values.get("xml:lang")
        return _Place(
            start_ms,
            around.end_ms if end_ms is None else end_ms,
            agent[0].removeprefix("#") if agent else around.agent,
            stated_language(language) if language else around.language,
        )

    def _paragraph(self, element: Element, here: _Place) -> None:
        timed = any(name in element.attributes for name in ("begin", "end", "dur")) or here.end_ms is not None
        paragraph = _Paragraph(
            element, here.start_ms if timed else None, here.end_ms if timed else None, here.agent, here.language
        )
        first: float | None = None
        for agent, run, begin in self._runs(element, here.agent):
            if first is None and begin is not None:
                first = begin
            if not paragraph.spans or (run and paragraph.spans[-1][0] != agent):
                paragraph.spans.append((agent, []))
            paragraph.spans[-1][1].append(run)
        if not timed and first is not None:
            paragraph.start_ms = here.start_ms + first
        self.paragraphs.append(paragraph)

    def _runs(self, paragraph: Element, agent: str | None) -> Iterator[tuple[str | None, XmlText | None, float | None]]:
        """Yield the runs of a paragraph with their agents and begins; None for a line break."""
        waiting: list[tuple[Element | XmlText, str | None, float | None]] = [
            (child, agent, None) for child in reversed(paragraph.children)
        ]
        while waiting:
            node, who, begin = waiting.pop()
            if isinstance(node, XmlText):
                yield who, node, begin
            elif node.name == "br":
                yield who, None, begin
            elif node.name not in _SILENT:
                own = (_attribute(node, "agent") or "").split()
                who = own[0].removeprefix("#") if own else who
                moment = self.clock.ms(node.attributes.get("begin"))
                begin = begin if moment is None else moment
                waiting.extend((child, who, begin) for child in reversed(node.children))


FORMAT = TranscriptFormat(
    name="ttml",
    description="TTML timed text: paragraphs with times, and agents or labels",
    suffixes=(".ttml", ".dfxp", ".itt", ".xml"),
    sniff=sniff,
    parse=parse,
    text_format=TextFormat.CAPTIONS,
)
