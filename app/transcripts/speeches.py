"""Makes turns of XML that marks up speeches, such as TEI and Akoma Ntoso.

A format says of which kind each of its elements is. This module walks the document once, and puts every run of text in
a turn or classes it as something else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import assert_never

from app.transcripts.labels import is_person
from app.transcripts.transcript import ByteClass, Ledger, SpeakerStatement, Turn, TurnKind
from app.transcripts.xml import Element, TextBuilder, XmlDocument, XmlText, mark_text


class ElementKind(Enum):
    """What an element means for turns. METADATA is everything that is in no turn; a WORD is one token of speech."""

    SPEECH = auto()
    LABEL = auto()
    NOTE = auto()
    HEADING = auto()
    PARAGRAPH = auto()
    INLINE = auto()
    LINE_BREAK = auto()
    WORD = auto()
    METADATA = auto()


@dataclass(frozen=True, slots=True)
class Speech:
    """Who speaks in an element, by the identifiers in its pointers, and when, in milliseconds."""

    identifiers: tuple[str, ...] = ()
    kind: TurnKind | None = None
    start_ms: int | None = None
    end_ms: int | None = None


People = Mapping[str, SpeakerStatement]
KindOf = Callable[[Element, Element], ElementKind]
SpeechOf = Callable[[Element], Speech]


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns in order, and a statement for each speaker in the order in which they first speak."""

    turns: tuple[Turn, ...]
    speakers: tuple[SpeakerStatement, ...]


def read_speeches(
    document: XmlDocument, ledger: Ledger, people: People, kind_of: KindOf, speech_of: SpeechOf
) -> Conversation:
    """Walk a document and return its turns and speakers.

    `people` are the people whom the document declares, by identifier. `kind_of` returns the kind of an element, given
    the element and its parent; `speech_of` returns who speaks in an element that is a speech.
    """
    document.mark_markup(ledger)
    walk = _Walk(ledger, people, kind_of, speech_of)
    walk.visit_all(document.root)
    walk.add_remarks()
    return Conversation(tuple(walk.turns), walk.speakers())


@dataclass
class _OpenSpeech:
    """A speech whose end has not come yet. `printed` is the label inside it; `silent` means that it has no words."""

    speech: Speech
    element: Element
    printed: str | None = None
    silent: bool = True


@dataclass
class _HeardSpeaker:
    """Everybody who speaks a turn together: their printed labels, and the labels that announce them before a speech.

    The dicts are ordered sets. `offset` is that of the first turn.
    """

    identifiers: tuple[str, ...]
    labels: dict[str, None] = field(default_factory=dict)
    announced: dict[str, None] = field(default_factory=dict)
    offset: int = 0


class _Walk:
    """The state of one walk through a document."""

    def __init__(self, ledger: Ledger, people: People, kind_of: KindOf, speech_of: SpeechOf) -> None:
        self.turns: list[Turn] = []
        self._ledger, self._people, self._kind_of, self._speech_of = ledger, people, kind_of, speech_of
        self._open: list[_OpenSpeech] = []
        self._text = TextBuilder(ledger)
        self._notes: list[Element] = []
        self._announced: tuple[str, int] | None = None
        self._heard: dict[tuple[str, ...], _HeardSpeaker] = {}
        self._outside: list[int] = []
        self._silent: list[int] = []

    def visit_all(self, root: Element) -> None:
        """Visit all nodes in document order, without recursion."""
        waiting: list[tuple[Element | XmlText, Element, ElementKind | None]] = [(root, root, None)]
        while waiting:
            node, parent, left = waiting.pop()
            if isinstance(node, XmlText):
                self._text.add(node)
            elif left is not None:
                self._leave(node, left)
            else:
                kind = self._kind_of(node, parent)
                if self._enter(node, kind):
                    waiting.append((node, parent, kind))
                    waiting.extend((child, node, None) for child in reversed(node.children))
        self._flush()

    def _enter(self, element: Element, kind: ElementKind) -> bool:
        """Begin an element; return whether its children are still to be visited."""
        match kind:
            case ElementKind.INLINE:
                return True
            case ElementKind.PARAGRAPH:
                self._break_paragraph()
                return True
            case ElementKind.SPEECH:
                self._flush()
                self._open.append(_OpenSpeech(self._speech_of(element), element))
                return True
            case ElementKind.LINE_BREAK:
                self._text.join("\n")
                return True
            case ElementKind.WORD:
                if element.attributes.get("join") in {"left", "both"}:
                    self._text.glue()
                self._text.space()
                return True
            case ElementKind.NOTE:
                self._note(element)
            case ElementKind.HEADING:
                self._flush()
                self._append(self._collect(element).close(kind=TurnKind.HEADING))
            case ElementKind.LABEL:
                self._label(element)
            case ElementKind.METADATA:
                mark_text(self._ledger, element, ByteClass.FRONT_MATTER)
            case _:
                assert_never(kind)
        return False

    def _leave(self, element: Element, kind: ElementKind) -> None:
        if kind is ElementKind.PARAGRAPH:
            self._break_paragraph()
        elif kind is ElementKind.WORD and element.attributes.get("join") in {"right", "both"}:
            self._text.glue()
        elif kind is ElementKind.SPEECH:
            self._flush()
            closed = self._open.pop()
            if closed.silent:
                self._silent.append(closed.element.start)

    def _break_paragraph(self) -> None:
        if self._open:
            self._text.join("\n\n")
        else:
            self._flush()

    def _flush(self) -> None:
        """End the open turn, if any, and place the notes inside it."""
        opened = self._open[-1] if self._open else None
        label, speaker = self._names(opened) if opened else (None, None)
        speech = opened.speech if opened else Speech()
        turn = self._text.close(label, speaker, speech.kind, speech.start_ms, speech.end_ms)
        notes, self._notes = self._notes, []
        for note in notes:
            if turn:
                mark_text(self._ledger, note, ByteClass.NOTE)
            else:
                self._append(self._collect(note).close(kind=TurnKind.NOTE))
        if opened and (turn or notes):
            opened.silent = False
        if turn:
            self._append(turn)
            if opened:
                self._hear(opened, turn)
            else:
                self._outside.append(turn.source_start)

    def _append(self, turn: Turn | None) -> None:
        if turn:
            self.turns.append(turn)

    def _names(self, opened: _OpenSpeech) -> tuple[str | None, str | None]:
        """Return the label and the name of the speaker of a speech."""
        identifiers = opened.speech.identifiers
        names = [person.name for each in identifiers if (person := self._people.get(each)) and person.name]
        label = opened.printed or " & ".join(identifiers) or None
        return label, " & ".join(names) if names and len(names) == len(identifiers) else None

    def _hear(self, opened: _OpenSpeech, turn: Turn) -> None:
        identifiers = opened.speech.identifiers or ((turn.label,) if turn.label else ())
        heard = self._heard.setdefault(identifiers, _HeardSpeaker(identifiers, offset=turn.source_start))
        if turn.label:
            heard.labels[turn.label] = None
        if self._announced:
            heard.announced[self._announced[0]] = None
            self._announced = None

    def _note(self, element: Element) -> None:
        """Keep a note in a speech for the end of its turn; a note between speeches is a turn."""
        if self._open:
            self._notes.append(element)
            return
        self._flush()
        self._append(self._collect(element).close(kind=TurnKind.NOTE))

    def _label(self, element: Element) -> None:
        text, _segments = self._collect(element).mark(ByteClass.LABEL)
        printed = " ".join(text.split()).rstrip(":： ") or None
        if self._open:
            self._open[-1].printed = printed
        else:
            self._flush()
            self._remark_announced()
            self._announced = (printed, element.start) if printed else None

    def _remark_announced(self) -> None:
        if self._announced:
            printed, offset = self._announced
            self._ledger.remark("label-without-speech", f"{printed!r} is announced, but no speech follows", offset)

    def _collect(self, element: Element) -> TextBuilder:
        """Return all text of an element that contains no speech."""
        text = TextBuilder(self._ledger)
        waiting: list[tuple[Element | XmlText, Element, bool]] = [(element, element, False)]
        while waiting:
            node, parent, left = waiting.pop()
            if isinstance(node, XmlText):
                text.add(node)
                continue
            kind = self._kind_of(node, parent) if node is not element else ElementKind.INLINE
            if kind is ElementKind.PARAGRAPH:
                text.join("\n\n")
            elif kind is ElementKind.LINE_BREAK:
                text.join("\n")
            if not left:
                waiting.append((node, parent, True))
                waiting.extend((child, node, False) for child in reversed(node.children))
        return text

    def add_remarks(self) -> None:
        """Remark text outside any speech, speeches without words, and speakers who are hardly people."""
        self._remark_announced()
        if self._outside:
            much = "a paragraph" if len(self._outside) == 1 else f"{len(self._outside)} paragraphs"
            self._ledger.remark("unlabelled", f"kept without a speaker: {much} outside any speech", self._outside[0])
        if self._silent:
            much = "one speech has" if len(self._silent) == 1 else f"{len(self._silent)} speeches have"
            self._ledger.remark("empty-speech", f"{much} no words and became no turn", self._silent[0])
        for heard in self._heard.values():
            for each in heard.identifiers:
                name = (self._people.get(each) or SpeakerStatement()).name or each
                if not is_person(name):
                    self._ledger.remark(
                        "not-a-person", f"{name!r} is marked as a speaker, but is hardly a person", heard.offset
                    )

    def speakers(self) -> tuple[SpeakerStatement, ...]:
        """Return a statement on each speaker of turns that one person speaks alone."""
        statements = []
        for identifiers, heard in self._heard.items():
            if len(identifiers) == 1:
                declared = self._people.get(identifiers[0], SpeakerStatement())
                aliases = tuple(dict.fromkeys((*declared.aliases, *heard.announced)))
                statements.append(replace(declared, labels=tuple(heard.labels), aliases=aliases))
        return tuple(statements)
