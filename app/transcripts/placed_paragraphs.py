"""Reads paragraphs of a text with markup, in which each run keeps its place: wiki text, and XML of journals."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.transcripts.embedded import read_embedded
from app.transcripts.paragraphs import Paragraph, ParagraphBuilder, read_paragraphs
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Ledger, Metadata, Transcript
from app.transcripts.xml import XmlText


class PlacedRun(NamedTuple):
    """Text from `start` up to `end` of the source; of equal lengths it is a copy, and without a place it is a join."""

    text: str
    start: int
    end: int
    bold: bool = False

    @property
    def is_copy(self) -> bool:
        """Whether the source has the same characters."""
        return len(self.text) == self.end - self.start


class PlacedParagraph(NamedTuple):
    """A paragraph and its runs, whose texts together are its text."""

    paragraph: Paragraph
    runs: tuple[PlacedRun, ...]


def place_paragraph(runs: Sequence[PlacedRun], *, heading: bool = False, note: bool = False) -> PlacedParagraph | None:
    """Make a paragraph of runs, without white space at its ends; None if there is nothing else."""
    parts = list(runs)
    while parts and not parts[-1].text.strip():
        parts.pop()
    while parts and not parts[0].text.strip():
        parts.pop(0)
    if not parts:
        return None
    first = parts[0]
    kept = first.text.lstrip()
    parts[0] = first._replace(text=kept, start=first.end - len(kept) if first.is_copy else first.start)
    last = parts[-1]
    kept = last.text.rstrip()
    parts[-1] = last._replace(text=kept, end=last.start + len(kept) if last.is_copy else last.end)
    built = ParagraphBuilder(heading=heading)
    for part in parts:
        built.add(part.text, part.bold)
    paragraph = built.paragraph()
    if paragraph is None:  # there is text, so there is a paragraph
        return None
    paragraph.note = note
    return PlacedParagraph(paragraph, tuple(parts))


def read_placed(
    source: Source,
    format_name: str,
    placed: Sequence[PlacedParagraph],
    metadata: Metadata,
    ledger: Ledger,
    front_matter: Iterable[tuple[int, int]] = (),
) -> Transcript:
    """Read paragraphs as one transcript; `front_matter` are ranges of the source that say something about it.

    Raises:
        TranscriptError: the paragraphs cannot be read.
    """
    runs: list[XmlText] = []
    for _, parts in placed:
        if runs:
            runs.append(XmlText("\n\n", runs[-1].end, runs[-1].end))
        runs += [XmlText(part.text, part.start, part.end) for part in parts]
    stated = [(start, end, ByteClass.FRONT_MATTER) for start, end in front_matter]
    at = 0
    for start, end, byte_class in sorted([*((run.start, run.end, ByteClass.TEXT) for run in runs), *stated]):
        ledger.mark_stripped(at, start, ByteClass.MARKUP)
        if byte_class is ByteClass.FRONT_MATTER:
            ledger.mark_stripped(max(at, start), end, byte_class)
        at = max(at, end)
    ledger.mark_stripped(at, len(source.text), ByteClass.MARKUP)
    paragraphs = [each.paragraph for each in placed]
    read = read_embedded(
        source, runs, ledger, lambda inner: read_paragraphs(inner, format_name, paragraphs, metadata, Ledger(inner))
    )
    remarks, account = ledger.close()
    return replace(read, remarks=remarks, account=account)
