"""Applies what an editor states of turns and exchanges: the words stay, how they are read changes. Pure."""

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.structure.contradictions import Contradiction, StatedOnce
from app.structure.pairing import Answer, EditedTurns, Exchange, Structure, with_exchanges
from app.structure.places import Places, is_redacted_form, occurrences
from app.text.paragraphs import PARAGRAPH
from app.transcripts.metadata_tables import ExchangeTable, Place, StatedKind, TurnTable
from app.transcripts.transcript import SPOKEN, Segment, Turn, TurnKind

# Characters of a turn that a message shows, at most.
_SHOWN = 60


@dataclass(frozen=True)
class Unfit:
    """A statement that means no turn or question of the transcript: its key, such as turns.0, and why."""

    key: str
    reason: str


@dataclass(frozen=True)
class StatedTurns:
    """Turns as an editor states them to be, what else is stated of them, what could not be applied, and what is stated
    of one turn in two ways.
    """

    turns: tuple[Turn, ...]
    edited: EditedTurns
    unfit: tuple[Unfit, ...]
    contradictions: tuple[Contradiction, ...] = ()


def state_turns(turns: Sequence[Turn], tables: Sequence[TurnTable]) -> StatedTurns:
    """Part and join turns in the order of the tables; then say of what there is now who speaks and what it is.

    What is stated of one turn goes over what is stated of all turns with its label; else the later table stands.
    """
    cut, places, unfit = list(turns), Places([turn.text for turn in turns]), []
    speaker_of: dict[int, str | None] = {}
    kind_of: dict[int, TurnKind] = {}
    stated = StatedOnce()
    in_force = [(number, table) for number, table in enumerate(tables) if not table.open]
    for number, table in in_force:
        if cuts(table):
            try:
                part_or_join(cut, places, table)
            except LookupError as error:
                unfit.append(Unfit(f"turns.{number}", str(error)))
    for number, table in sorted(in_force, key=lambda one: one[1].place is not None):
        if table.speaker is None and table.kind is None:
            continue
        try:
            meant = turns_of(cut, places, table)
        except LookupError as error:
            unfit.append(Unfit(f"turns.{number}", str(error)))
            continue
        _note(stated, number, table, cut[meant[0]])
        for index in meant:
            if table.speaker is not None:
                speaker_of[index] = table.speaker or None
            if table.kind is not None:
                kind_of.pop(index, None)
                cut[index] = replace(cut[index], kind=_kind_to_read(cut[index], table.kind))
                if table.kind in _SAID:
                    kind_of[index] = TurnKind(table.kind.value)
    unfit += [
        Unfit(f"turns.{number}", why_open(partial(_try, cut, table)))
        for number, table in enumerate(tables)
        if table.open
    ]
    return StatedTurns(tuple(cut), EditedTurns(speaker_of, kind_of), tuple(dict.fromkeys(unfit)), tuple(stated.found))


def _note(stated: StatedOnce, number: int, table: TurnTable, turn: Turn) -> None:
    """Note what a table states of a turn, or of all turns with its label."""
    if table.place is None:
        of: tuple[str | int | None, ...] = ("label", table.label)
        subject = f"the label {table.label!r}"
    else:
        of, subject = ("turn", turn.source_start), shown(turn.text)
    for name, value in (("speaker", table.speaker), ("kind", table.kind)):
        if value is not None:
            stated.state_value((*of, name), f"turns.{number}.{name}", subject, str(value))


def shown(text: str, noun: str = "turn") -> str:
    """Return what messages call a turn or question: its first characters."""
    return f"the {noun} {text[:_SHOWN]!r}"


# Kinds that pairing gives. They say nothing of the role of who speaks: an interviewee may ask once.
_SAID = frozenset({StatedKind.QUESTION, StatedKind.ANSWER, StatedKind.STATEMENT})
_SILENT = {StatedKind.NOTE: TurnKind.NOTE, StatedKind.HEADING: TurnKind.HEADING}


def _kind_to_read(turn: Turn, stated: StatedKind) -> TurnKind | None:
    """Return the kind as if the file marked it: of a note that is speech after all, none."""
    return _SILENT.get(stated, turn.kind if turn.kind in SPOKEN else None)


def cuts(table: TurnTable) -> bool:
    """Whether a table parts a turn or joins it with the next one."""
    return table.part_at is not None or table.join_next


def why_open(find: Callable[[], object]) -> str:
    """Say why an open statement is not applied: `find` finds what it means."""
    try:
        find()
    except LookupError as error:
        return str(error)
    return "it has been open, so these may be other words; take out `open` if it is meant"


def _try(turns: Sequence[Turn], table: TurnTable) -> None:
    """Find the turns that a table means, and part or join them without consequences."""
    tried, places = list(turns), Places([turn.text for turn in turns])
    if cuts(table):
        part_or_join(tried, places, table)
    else:
        turns_of(tried, places, table)


def part_or_join(turns: list[Turn], places: Places, table: TurnTable) -> None:
    """Part a turn, or join it with the next one, as a table states.

    Raises:
        LookupError: it means no turn, or the turn cannot be parted or joined so.
    """
    if table.place is None:
        raise LookupError("which turn is meant is not stated")
    index = places.find(table.place, "turn")
    if table.part_at is not None:
        parts, stop = _parted(turns[index], table.part_at, table.part_after), index + 1
    else:
        if index + 1 == len(turns):
            raise LookupError("it is the last turn, so there is none to join it with")
        if table.next is not None and not is_redacted_form(table.next, turns[index + 1].text[: len(table.next)]):
            raise LookupError(f"the next turn does not begin with {table.next!r}")
        parts, stop = [_joined(turns[index], turns[index + 1])], index + 2
    turns[index:stop] = parts
    places.replace(index, stop, [part.text for part in parts])


def _parted(turn: Turn, words: str, after: str | None) -> list[Turn]:
    """Part a turn before some of its words. White space between the parts belongs to neither; both have the label."""
    places = occurrences(words, turn.text, after)
    if len(places) != 1:
        how_many = "has more than once" if places else "does not have"
        where = f" after {after!r}" if after else ""
        what_to_do = "; write more of them, or `part_after`" if places else ""
        raise LookupError(f"the turn {how_many} the words {words!r}{where} before which it is to be parted{what_to_do}")
    at = places[0] + len(words) - len(words.lstrip())
    end = len(turn.text[:at].rstrip())
    if at and all(map(_is_of_a_word, turn.text[at - 1 : at + 1])):
        raise LookupError(f"{words!r} begins within a word; write the whole word")
    first, second = _cut_out(turn, 0, end), _cut_out(turn, at, len(turn.text))
    if not first:
        raise LookupError(f"the turn begins with {words!r}, so there is nothing to part from it")
    return [
        replace(turn, text=turn.text[:end], segments=first, end_ms=None),
        replace(turn, text=turn.text[at:], segments=second, start_ms=None),
    ]


def _is_of_a_word(character: str) -> bool:
    """Whether a character is a digit, or a letter of a script that has spaces between words: these have capitals."""
    return character.isdigit() or character.upper() != character.lower()


def _cut_out(turn: Turn, start: int, end: int) -> tuple[Segment, ...]:
    """Return the segments of a range of a turn's text.

    Raises:
        LookupError: the range begins or ends within characters that the file writes differently.
    """
    cut = []
    for run in turn.segments:
        first, last = max(run.text_start, start), min(run.text_end, end)
        if first >= last:
            continue
        if (first, last) == (run.text_start, run.text_end):
            source = run.source_start, run.source_end
        elif run.is_copy:
            moved = run.source_start - run.text_start
            source = first + moved, last + moved
        else:
            written = turn.text[run.text_start : run.text_end]
            raise LookupError(f"the turn cannot be parted inside {written!r}, which the file writes differently")
        cut.append(Segment(first - start, last - start, *source))
    return tuple(cut)


def _joined(turn: Turn, following: Turn) -> Turn:
    text = f"{turn.text}{PARAGRAPH}"
    moved = (
        Segment(run.text_start + len(text), run.text_end + len(text), run.source_start, run.source_end)
        for run in following.segments
    )
    return replace(
        turn, text=text + following.text, segments=(*turn.segments, *moved), end_ms=following.end_ms or turn.end_ms
    )


def turns_of(turns: Sequence[Turn], places: Places, table: TurnTable) -> list[int]:
    """Return the turns that a table means.

    Raises:
        LookupError: it means none.
    """
    if table.place is not None:
        index = places.find(table.place, "turn")
        if table.label is not None and turns[index].label != table.label:
            raise LookupError(f"the turn that begins with {table.begins!r} is not labelled {table.label!r}")
        return [index]
    found = [index for index, turn in enumerate(turns) if turn.label == table.label]
    if not found:
        raise LookupError(f"no turn is labelled {table.label!r}")
    return found


def state_exchanges(
    structure: Structure, turns: Sequence[Turn], tables: Sequence[ExchangeTable]
) -> tuple[list[Unfit], list[Contradiction]]:
    """Change a structure so that the stated turns are a question and its answers, and part of no other one.

    What is left of a question without turns becomes part of the stated one if that states no answers of its own, or
    else turns that answer nothing. Returns what could not be applied, and turns that stand in two tables.
    """
    unfit: list[Unfit] = []
    stated = StatedOnce()
    places = Places([turn.text for turn in turns] if tables else [])
    for number, table in enumerate(tables):
        if table.open:
            meant = [*table.question, *(table.answers or ())]
            unfit.append(Unfit(f"exchanges.{number}", why_open(partial(_spoken, structure, turns, places, meant))))
            continue
        try:
            asked = _spoken(structure, turns, places, table.question)
            answered = None if table.answers is None else _spoken(structure, turns, places, table.answers)
        except LookupError as error:
            unfit.append(Unfit(f"exchanges.{number}", str(error)))
            continue
        if both := set(asked) & set(answered or ()):
            twice = shown(turns[min(both)].text)
            unfit.append(Unfit(f"exchanges.{number}", f"{twice} is in the question and in an answer"))
            continue
        whole = (tuple(asked), None if answered is None else tuple(answered))
        for name, listed in (("question", asked), ("answers", answered or ())):
            for index in listed:
                about = ("exchange", turns[index].source_start)
                stated.state_place(about, f"exchanges.{number}.{name}", shown(turns[index].text), whole)
        _restructure(structure, asked, answered)
    if tables:
        structure.kinds = with_exchanges(
            [kind if kind not in SPOKEN else TurnKind.STATEMENT for kind in structure.kinds], structure.exchanges
        )
    return unfit, stated.found


def _spoken(structure: Structure, turns: Sequence[Turn], places: Places, meant: Sequence[str | Place]) -> list[int]:
    """Return the turns that are meant, in the order of the conversation."""
    found = sorted({places.find(Place(begins=one) if isinstance(one, str) else one, "turn") for one in meant})
    for index in found:
        if structure.kinds[index] not in SPOKEN:
            what = structure.kinds[index].value
            raise LookupError(f'{shown(turns[index].text)} is a {what}; state kind = "speech" of it first')
    return found


def _restructure(structure: Structure, asked: Sequence[int], answered: Sequence[int] | None) -> None:
    taken, left, inherited = {*asked, *(answered or ())}, [], []
    for exchange in structure.exchanges:
        questions = [index for index in exchange.question_turns if index not in taken]
        answers = [index for answer in exchange.answers for index in answer.turns if index not in taken]
        if questions:
            left.append(_exchange(structure, questions, answers))
        else:
            inherited += answers
    stated = _exchange(structure, asked, inherited if answered is None else answered)
    insort(left, stated, key=lambda exchange: exchange.question_turns[0])
    structure.exchanges[:] = left


def _exchange(structure: Structure, asked: Sequence[int], answered: Sequence[int]) -> Exchange:
    """Make an exchange; what one person says in consecutive turns of `answered` is one answer."""
    exchange = Exchange(structure.participant_of[asked[0]], list(asked))
    for index in sorted(answered):
        who = structure.participant_of[index]
        if exchange.answers and exchange.answers[-1].participant == who:
            exchange.answers[-1].turns.append(index)
        else:
            exchange.answers.append(Answer(who, [index]))
    return exchange
