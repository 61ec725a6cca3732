"""Reads paragraphs of formatted text: labels in front, in bold or in a cell, or else questions in bold or as headings.

Formats share it that differ only in how their paragraphs are found. Text that is extracted from an archive has no place
in the bytes of the file. So offsets, lines and columns count in `Transcript.extracted`: the paragraphs in reading order
with an empty line between them. All bytes of the file are classed as markup.
"""

import bisect
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.errors import TranscriptError
from app.transcripts import front_matter, labelled
from app.transcripts.conversation import Convention, read_conversation
from app.transcripts.front_matter import FrontMatter
from app.transcripts.labels import is_name_shaped, is_speaker_word, label_key
from app.transcripts.printed_labels import SpeakerLabel
from app.transcripts.source import Source
from app.transcripts.text_lines import LineKind, TextLine, split_lines
from app.transcripts.transcript import ByteClass, Ledger, Metadata, Transcript
from app.transcripts.who_speaks import who_speaks

_QUESTION_MARKS = ("?", "？", "؟", "\u037e")
_MIN_QUESTIONS = 2
_LONGEST_LABEL = 60


@dataclass
class Paragraph:
    """A paragraph or table row. `lead` is the length of its beginning in bold, or of its first cell."""

    text: str
    lead: int = 0
    bold: bool = False
    heading: bool = False
    note: bool = False


@dataclass
class ParagraphBuilder:
    """Builds a paragraph from runs of text. `cell` is the length of the first cell of a table row, or 0."""

    heading: bool = False
    cell: int = 0
    runs: list[tuple[str, bool]] = field(default_factory=list)

    def add(self, text: str, bold: bool) -> None:
        """Add a run of text."""
        self.runs.append((text, bold))

    def text(self) -> str:
        """Return the characters so far."""
        return "".join(run for run, _ in self.runs)

    def paragraph(self) -> Paragraph | None:
        """Return the paragraph without white space at its ends; None if there is nothing else."""
        whole_text = self.text()
        text = whole_text.strip()
        if not text:
            return None
        lead = 0
        for run, bold in self.runs:
            if not bold and run.strip():
                break
            lead += len(run)
        lead -= len(whole_text) - len(whole_text.lstrip())
        whole = lead >= len(text)
        if self.cell:
            return Paragraph(text, lead=self.cell)
        return Paragraph(text, len(text[: max(lead, 0)].rstrip()), bold=whole, heading=self.heading)


def read_extracted(
    source: Source,
    format_name: str,
    paragraphs: Sequence[Paragraph],
    properties: Metadata,
    left_out: Mapping[str, int],
) -> Transcript:
    """Make the transcript of paragraphs that were extracted from a file; `left_out` counts what was not.

    Raises:
        TranscriptError: the paragraphs hold no text.
    """
    text = joined(paragraphs)
    if not text.strip():
        raise TranscriptError(source.name, "the document holds no text")
    inner = Source(source.name, text.encode())
    ledger = Ledger(inner)
    ledger.remark("extracted", "offsets, lines and columns count in the text of the document's paragraphs", 0)
    for what, count in left_out.items():
        ledger.remark("left-out", f"{what} ({count}) are not part of the transcript", 0)
    made = read_paragraphs(inner, format_name, paragraphs, properties, ledger)
    counts = dict.fromkeys(ByteClass, 0) | {ByteClass.MARKUP: len(source.data)}
    return replace(made, source=source, extracted=text, account=replace(made.account, bytes_by_class=counts))


def joined(paragraphs: Sequence[Paragraph]) -> str:
    """Return the text of paragraphs, with an empty line between them."""
    return "\n\n".join(paragraph.text for paragraph in paragraphs)


def read_paragraphs(
    inner: Source, format_name: str, paragraphs: Sequence[Paragraph], properties: Metadata, ledger: Ledger
) -> Transcript:
    """Read a source whose text is that of paragraphs, as joined() returns it."""
    text = inner.text
    front = front_matter.find(inner)
    front = replace(front, metadata=_merged(front.metadata, properties))
    lines = split_lines(text, front.end, len(text))
    labelled.classify(text, lines)
    convention, title = _convention(text, lines, paragraphs, front)
    if title and front.metadata.title is None:
        front = replace(front, metadata=replace(front.metadata, title=title))
    if convention.paragraphs_apart:
        message = "the document names no speakers; each paragraph is kept as a turn without a speaker"
        ledger.remark("unlabelled", message, 0)
    return read_conversation(inner, format_name, lines, front, convention, ledger)


def _merged(printed: Metadata, properties: Metadata) -> Metadata:
    """Prefer what the document prints to what its properties say."""
    return replace(
        printed,
        title=printed.title or properties.title,
        language=printed.language or properties.language,
        published=printed.published or properties.published,
        published_evidence=printed.published_evidence if printed.published else properties.published_evidence,
        publisher=printed.publisher or properties.publisher,
        series=printed.series or properties.series,
        summary=printed.summary or properties.summary,
        rights=printed.rights or properties.rights,
        topics=printed.topics or properties.topics,
    )


def _convention(
    text: str, lines: list[TextLine], paragraphs: Sequence[Paragraph], front: FrontMatter
) -> tuple[Convention, str | None]:
    """Decide who speaks by labels, by names in bold or in a cell, or else by questions in bold; also find the title
    above these.
    """
    title = None
    first_lines = _first_lines(lines, paragraphs)
    _mark_names(text, first_lines)
    for line, paragraph in first_lines:
        if paragraph.heading and line.label is None:
            line.kind = LineKind.HEADING
    speakers, count = who_speaks(text, lines, front)
    for layout, kind in (("heading", LineKind.HEADING), ("paragraph in bold", LineKind.TEXT)):
        standing_out = [
            (line, paragraph.text)
            for line, paragraph in first_lines
            if line.kind is kind and (paragraph.bold or paragraph.heading) and _is_whole(text, line, paragraph)
        ]
        if standing_out and standing_out[0][0] is first_lines[0][0] and not _asks(standing_out[0][1]):
            # What does not ask at the beginning is the title.
            title = " ".join(standing_out.pop(0)[1].split())
        asking = sum(_asks(text) for _, text in standing_out)
        if asking >= _MIN_QUESTIONS and asking * 2 >= len(standing_out) and count < len(standing_out):
            for line, printed in standing_out:
                line.kind, line.label = LineKind.QUESTION, None
                _join_lines(lines, line, line.start + len(printed))
            return Convention(speakers, count, asked_by_layout=len(standing_out), layout=layout), title
    return Convention(speakers, count, paragraphs_apart=not speakers), None


def _is_whole(text: str, line: TextLine, paragraph: Paragraph) -> bool:
    """Whether a paragraph stands in the text as it is, without a part that was taken off."""
    return text.startswith(paragraph.text, line.start) and not line.off


def _join_lines(lines: list[TextLine], first: TextLine, end: int) -> None:
    """Let the lines of a question that is printed on several be one."""
    at = bisect.bisect_right(lines, first.start, key=lambda line: line.start)
    for line in itertools.takewhile(lambda line: line.start < end, itertools.islice(lines, at, None)):
        line.kind, line.label = LineKind.JOINED, None
    first.end = first.text_end = end


def _asks(text: str) -> bool:
    return text.endswith(_QUESTION_MARKS)


def _first_lines(lines: list[TextLine], paragraphs: Sequence[Paragraph]) -> list[tuple[TextLine, Paragraph]]:
    """Return each paragraph with its first line; notes are left out, and all their lines classed."""
    by_start = {line.start: index for index, line in enumerate(lines)}
    pairs, at = [], 0
    for paragraph in paragraphs:
        index = by_start.get(at)
        end = at + len(paragraph.text)
        at = end + 2
        if index is None:
            continue
        if not paragraph.note:
            pairs.append((lines[index], paragraph))
            continue
        for line in lines[index:]:
            if line.start >= end:
                break
            if line.kind is not LineKind.BLANK:
                line.kind, line.label = LineKind.NOTE, None
    return pairs


def _mark_names(text: str, first_lines: list[tuple[TextLine, Paragraph]]) -> None:
    """Make a name without a colon a label if it is apart from the text, in bold or in a cell, and recurs.

    A name in bold that goes on as a sentence, or that has a colon elsewhere, is part of the text.
    """
    labelled_keys = {label_key(line.label.text) for line, _ in first_lines if line.label}
    apart = []
    for line, paragraph in first_lines:
        name = paragraph.text[: paragraph.lead].strip().rstrip(":")
        if line.label or line.kind is LineKind.NOTE or not 0 < len(name) <= _LONGEST_LABEL or "\n" in name:
            continue
        rest = paragraph.text[paragraph.lead :]
        is_cell = rest.startswith("\t")
        if not is_cell and (label_key(name) in labelled_keys or rest.lstrip()[:1].islower()):
            continue
        if is_speaker_word(name) or is_name_shaped(name):
            apart.append((line, paragraph, name))
    counts = Counter(label_key(name) for _, _, name in apart)
    counts.update(labelled_keys)
    for line, paragraph, name in apart:
        if counts[label_key(name)] > 1:
            rest = text[line.start + paragraph.lead : line.end]
            begins = paragraph.lead + len(rest) - len(rest.lstrip())
            line.label = SpeakerLabel(name, 0, len(name), begins)
            line.kind = LineKind.TEXT
