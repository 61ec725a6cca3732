"""Makes turns of classified lines. Plain text, Markdown, Word and OHMS share it.

These formats differ in how their lines look; what a label, a heading or a stage direction does to the conversation is
the same in all of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.transcripts.asides import is_appendix
from app.transcripts.clock import label_clock_ms
from app.transcripts.front_matter import FrontMatter
from app.transcripts.label_decision import Outcome
from app.transcripts.label_times import settle_times
from app.transcripts.labels import is_answer_label, is_person, is_question_label
from app.transcripts.people import name_and_remark
from app.transcripts.printed_labels import SpeakerLabel
from app.transcripts.sections import closing_heading
from app.transcripts.source import Source
from app.transcripts.taken_off import OffRanges
from app.transcripts.text_lines import LineKind, TextLine
from app.transcripts.times_of_day import without_times_of_day
from app.transcripts.transcript import (
    ByteClass,
    Ledger,
    Metadata,
    Segment,
    SpeakerStatement,
    Transcript,
    Turn,
    TurnKind,
)
from app.transcripts.unspoken import set_trailers_apart
from app.transcripts.urls import address_on_its_own, canonical

# Characters. A longer line is not hard-wrapped, so it is a paragraph of its own.
_LONG_LINE = 120
# Characters in which the end of a bold question is searched for.
_LONGEST_QUESTION = 10_000
_OPENING_CLOCK = re.compile(r"\\?[\[(](\d{1,3}(?::\d{2}){1,3}(?:[.,]\d{1,3})?)\\{0,3}[\])]")
_CLOCK_ONLY = re.compile(r"(?:\\?[\[(]?\d{1,3}(?::\d{2}){1,3}(?:[.,]\d{1,3})?\\{0,3}[\])]?|to|bis|à|-|–|—|\s){1,12}")


@dataclass(frozen=True)
class Convention:
    """The convention that a file follows to show who speaks.

    `labelled_lines` is the number of lines that begin with one of the labels in `speakers`; `asked_by_layout` that of
    the questions without a label, which are printed as `layout` says. `answerer` answers them. With
    `paragraphs_apart`, every paragraph is a turn without a speaker.
    """

    speakers: frozenset[str]
    labelled_lines: int = 0
    asked_by_layout: int = 0
    answerer: str | None = None
    paragraphs_apart: bool = False
    layout: str = ""

    @property
    def only_questions_labelled(self) -> bool:
        """Whether answers have no label, so that the paragraph after a question is one."""
        return bool(self.speakers) and all(is_question_label(label) for label in self.speakers)

    @property
    def sections_end_turns(self) -> bool:
        """Whether a heading ends a turn: where all labels are `Q:` and `A:`, a talk may follow the heading."""
        return bool(self.speakers) and all(
            is_question_label(label) or is_answer_label(label) for label in self.speakers
        )


@dataclass
class _OpenTurn:
    """A turn while it is read. Each piece is [start, end] in the source; notes and headings stand between pieces."""

    kind: TurnKind | None
    pieces: list[list[int]] = field(default_factory=list)
    label: SpeakerLabel | None = None
    label_at: int = 0
    speaker: str | None = None
    byte_class: ByteClass = ByteClass.TEXT
    continued: bool = False
    spoken: bool = False


class _ConversationReader:
    """Reads the lines in one pass. A turn goes on until a label, a question or the end of its section."""

    def __init__(self, source: Source, convention: Convention, ledger: Ledger, off: OffRanges) -> None:
        self.text, self.off = source.text, off
        self.convention, self.ledger = convention, ledger
        self.closing: TextLine | None = None
        self.turns: list[_OpenTurn] = []
        self.current: _OpenTurn | None = None
        self.after_gap = True
        self.previous = TextLine(0, 0)
        self.read_until = 0
        self.after_bold_run = False
        self.remarked: set[str] = set()

    def read(self, lines: Sequence[TextLine]) -> list[Turn]:
        self.closing = closing_heading(self.text, lines, self.convention.speakers)
        for line in lines:
            self._read_line(line)
            if line.kind is LineKind.OFF:
                continue
            self.after_gap = line.kind in {LineKind.BLANK, LineKind.MARKUP}
            if line.kind is not LineKind.BLANK:
                self.previous = line
        return [turn for each in self.turns if (turn := self._close(each)) is not None]

    def _read_line(self, line: TextLine) -> None:
        if line.end <= self.read_until or line.kind in {LineKind.BLANK, LineKind.JOINED}:
            return
        if line.kind is LineKind.MARKUP:
            self.ledger.mark_stripped(line.start, line.end, ByteClass.MARKUP)
            self._interrupt(line)
        elif line.kind is LineKind.HEADING:
            self._set_apart(line, TurnKind.HEADING, ByteClass.TEXT)
            after_note = self.current is not None and self.current.kind is TurnKind.NOTE
            if line.verdict and line.verdict.outcome is Outcome.DOUBT:
                self.current = _OpenTurn(None)
            elif after_note or line is self.closing or self.convention.sections_end_turns:
                self.current = None
                if is_appendix(self.text[line.text_start : line.text_end]):
                    self.after_bold_run = False
        elif line.kind is LineKind.NOTE:
            self._set_apart(line, TurnKind.NOTE, ByteClass.NOTE)
        elif line.kind is LineKind.QUESTION:
            self._read_question(line)
        elif line.kind is LineKind.TEXT:
            if line.label and line.label.text in self.convention.speakers:
                self._read_labelled(line, line.label)
            else:
                if line.verdict and line.verdict.outcome is Outcome.DOUBT:
                    self.current = _OpenTurn(None)
                self._read_unlabelled(line)

    def _set_apart(self, line: TextLine, kind: TurnKind, byte_class: ByteClass) -> None:
        self.ledger.mark_stripped(line.start, line.text_start, ByteClass.MARKUP)
        self.ledger.mark_stripped(line.text_end, line.end, ByteClass.MARKUP)
        self.turns.append(_OpenTurn(kind, [[line.text_start, line.text_end]], byte_class=byte_class))
        self._interrupt(line)

    def _interrupt(self, line: TextLine) -> None:
        """Let the same turn go on after a line, as another piece."""
        if self.current and self.current.pieces:
            self.current.pieces.append([line.end, line.end])

    def _read_question(self, line: TextLine) -> None:
        """Read a question that the layout marks. The text after it is the answer."""
        self.ledger.mark_stripped(line.start, line.text_start, ByteClass.MARKUP)
        self.ledger.mark_stripped(line.text_end, line.end, ByteClass.MARKUP)
        self.turns.append(_OpenTurn(TurnKind.QUESTION, [[line.text_start, line.text_end]]))
        self.current = _OpenTurn(TurnKind.ANSWER, speaker=self.convention.answerer)

    def _read_labelled(self, line: TextLine, label: SpeakerLabel) -> None:
        if line.heading_end:
            self.turns.append(_OpenTurn(TurnKind.HEADING, [[line.start, line.heading_end]]))
        lead = min(label.start, label.start if label.time_start is None else label.time_start)
        self.ledger.mark_stripped(line.heading_end or line.start, line.start + lead, ByteClass.MARKUP)
        for start, end, byte_class in label.marks(line.start):
            self.ledger.mark_stripped(start, end, byte_class)
        start, end = line.start + label.speech_start, line.end
        spoken = bool(self.text[start:end].strip())
        opened = _OpenTurn(_kind_of(label.text), label=label, label_at=line.start + label.start, spoken=spoken)
        opened.kind, opened.speaker = line.stated or opened.kind, line.speaker
        self.turns.append(opened)
        self.current = opened
        if label.style == "bold-run":
            self._read_bold_run(line, start)
            return
        opened.pieces.append([start, end])

    def _read_bold_run(self, line: TextLine, start: int) -> None:
        """Read `**FK: all of this is bold**`. It ends the turn, because the text after it may be somebody else's."""
        opened = self.current
        if opened is None:
            return
        mark = self.text[line.start : line.end].lstrip()[:1]
        paragraph = self.text[start : min(line.paragraph_end, start + _LONGEST_QUESTION)]
        bare = paragraph.rstrip().rstrip(mark)
        closing = len(paragraph.rstrip()) - len(bare)
        whole = start + len(paragraph) >= line.paragraph_end
        if whole and 0 < closing <= 3 and mark * 2 not in bare:
            end = start + len(bare)
            opened.pieces.append([start, min(line.end, end)])
            if end > line.end:
                opened.pieces[-1][1] = end
            self.ledger.mark_stripped(end, end + closing, ByteClass.MARKUP)
            self.read_until = line.paragraph_end
            self.current = None
            self.after_bold_run = True
        else:
            opened.pieces.append([start, line.end])

    def _read_unlabelled(self, line: TextLine) -> None:
        if self.convention.paragraphs_apart and line.begins_paragraph:
            self.current = _OpenTurn(None)
        if self.convention.only_questions_labelled and self._answers_question(line):
            self.current = _OpenTurn(TurnKind.ANSWER, speaker=self.convention.answerer)
        current = self.current
        if current is None:
            current = self._open_without_speaker(line)
        elif current not in self.turns[-1:] and not current.pieces and current.label is None:
            self.turns.append(current)
        if not current.pieces:
            current.pieces.append([line.start, line.end])
            current.spoken = True
            return
        last = current.pieces[-1]
        if (self.after_gap or self.previous.end - self.previous.start > _LONG_LINE) and current.spoken:
            self._note_continuation(current, line)
        if last[0] == last[1]:
            last[:] = [line.start, line.end]
        else:
            last[1] = line.end
        current.spoken = True

    def _answers_question(self, line: TextLine) -> bool:
        current = self.current
        if current is None or current.label is None or not current.spoken:
            return False
        previous = self.text[self.previous.start : self.previous.end].rstrip()
        return line.begins_paragraph or previous.endswith(("?", "？"))

    def _open_without_speaker(self, line: TextLine) -> _OpenTurn:
        if self.after_bold_run:
            opened = _OpenTurn(None)
            message = "the text after a question in bold has no label; it is kept as a turn without a speaker"
        else:
            opened = _OpenTurn(TurnKind.NOTE, byte_class=ByteClass.NOTE)
            message = "text without a label, outside the labelled conversation, is kept as a note"
        self.ledger.remark("unlabelled", message, line.start)
        self.turns.append(opened)
        self.current = opened
        self.after_bold_run = False
        return opened

    def _note_continuation(self, current: _OpenTurn, line: TextLine) -> None:
        if current.label and not current.continued:
            current.continued = True
            self.ledger.remark(
                "continuation",
                f"a paragraph without a label was taken to go on with {current.label.text!r}",
                line.start,
            )

    def _close(self, turn: _OpenTurn) -> Turn | None:
        parts: list[str] = []
        segments: list[Segment] = []
        length = 0
        pieces = [trimmed for start, end in turn.pieces if (trimmed := self._trim(start, end))]
        label = turn.label.text if turn.label else None
        if label and not is_person(label):
            self._remark_non_person(label, turn.label_at)
        said = [left for start, end in pieces if (left := self.off.without(start, end))]
        if not said:
            return None
        kind, byte_class = turn.kind, turn.byte_class
        # `Break: 0:42:10 to 0:45:00` says when, and is nobody's speech.
        if label and not is_person(label) and all(_CLOCK_ONLY.fullmatch(self.text[s:e]) for s, e in pieces):
            kind, byte_class = TurnKind.NOTE, ByteClass.NOTE
        for ranges in said:
            for index, (start, end, separator) in enumerate(ranges):
                separator = separator if index else "\n\n" * bool(parts)
                parts += (separator, self.text[start:end])
                length += len(separator)
                segments.append(Segment(length, length + end - start, start, end))
                length += end - start
                self.ledger.mark(start, end, byte_class)
        return Turn(
            "".join(parts),
            tuple(segments),
            label=label,
            speaker=turn.speaker,
            kind=kind,
            start_ms=self._start_ms(turn, pieces[0]),
        )

    def _start_ms(self, turn: _OpenTurn, piece: tuple[int, int]) -> int | None:
        """Return the time beside the label, or one in brackets with which the speech begins (it stays in the text)."""
        if turn.label and turn.label.time_ms is not None:
            return turn.label.time_ms
        opening = _OPENING_CLOCK.match(self.text, *piece) if turn.label else None
        return label_clock_ms(opening[1]) if opening else None

    def _remark_non_person(self, label: str, offset: int) -> None:
        if label not in self.remarked:
            self.remarked.add(label)
            self.ledger.remark("non-person", f"the label {label!r} is taken to mean no person", offset)

    def _trim(self, start: int, end: int) -> tuple[int, int] | None:
        part = self.text[start:end]
        stripped = part.strip()
        if not stripped:
            return None
        start += len(part) - len(part.lstrip())
        return start, start + len(stripped)


def _kind_of(label: str) -> TurnKind | None:
    if is_question_label(label):
        return TurnKind.QUESTION
    return TurnKind.ANSWER if is_answer_label(label) else None


def read_conversation(
    source: Source, format_name: str, lines: list[TextLine], front: FrontMatter, convention: Convention, ledger: Ledger
) -> Transcript:
    """Make the transcript of classified lines, and account for every character of the source."""
    text = source.text
    if front.start:
        ledger.mark(0, front.start, ByteClass.MARKUP)
    ledger.mark_stripped(front.start, front.end, ByteClass.FRONT_MATTER)
    for code, message, offset in front.remarks:
        ledger.remark(code, message, offset)
    metadata = _take_source_line(text, lines, front.metadata, ledger)
    settle_times(text, lines, ledger)
    set_trailers_apart(text, lines, convention.speakers)
    off = OffRanges(text, lines)
    off.close(ledger)
    turns = without_times_of_day(_ConversationReader(source, convention, ledger, off).read(lines), ledger)
    stated = metadata.speakers
    if convention.answerer and convention.answerer not in {each.name for each in stated}:
        stated = (*stated, SpeakerStatement(name=convention.answerer))
    named = name_and_remark(turns, stated, source.name, ledger)
    remarks, counts = ledger.close()
    return Transcript(source, format_name, tuple(named), metadata, remarks, counts)


def _take_source_line(text: str, lines: list[TextLine], metadata: Metadata, ledger: Ledger) -> Metadata:
    """Take the address on the last line, if it is all there is on it, for the source of the transcript."""
    if metadata.source_url is not None:
        return metadata
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if line.kind in {LineKind.BLANK, LineKind.OFF}:
            continue
        address = address_on_its_own(text[line.start : line.end])
        if address is None or line.kind is not LineKind.TEXT:
            break
        try:
            clean = canonical(address)
        except ValueError:
            break
        ledger.mark_stripped(line.start, line.end, ByteClass.SOURCE_LINE)
        line.kind, line.off = LineKind.BLANK, tuple(off for off in line.off if off.end <= line.start)
        if clean != address:
            ledger.remark("tracking-removed", f"tracking parameters were left out of {clean}", line.start)
        return replace(metadata, source_url=clean, source_url_as_printed=address)
    return metadata
