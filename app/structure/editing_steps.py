"""The steps in which an editor puts an interview right: each makes of what is stated the document that states one thing
more. Turns are named by their ids, as `statement_ids` says. Pure.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from app.errors import StatementError
from app.structure.places import parting_words

Document = Mapping[str, Any]
Table = Mapping[str, Any]
# Words that a statement quotes of the second part of a turn: at least this number, where it has them.
_WORDS = 6


def say_who(document: Document, turns: Collection[str], speaker: str, label: str | None = None) -> dict[str, Any]:
    """State who speaks turns, by a label of the file or a name; "" is nobody. With a label, `turns` are all that have
    it, and it is stated of the label.
    """
    return _with_turns(document, turns, label, {"speaker": speaker})


def say_what(document: Document, turns: Collection[str], kind: str, label: str | None = None) -> dict[str, Any]:
    """State what turns are; with a label as in `say_who`. They are part of no exchange that was stated before."""
    return _without_exchanges(_with_turns(document, turns, label, {"kind": kind}), turns)


def part(document: Document, turn: str, text: str, at: int) -> dict[str, Any]:
    """State that a turn with this text is two, of which the second begins at an offset of it.

    Raises:
        StatementError: nothing stands before or after that place.
    """
    second = text[at:].lstrip()
    if at <= 0 or not text[:at].strip() or not second:
        raise StatementError("a turn is parted between two of its words: choose a place that has words on both sides")
    words = parting_words(text, len(text) - len(second), _WORDS)
    return _adding(document, "turns", {"turn": turn, **words})


def find_part(document: Document, turn: str, following_text: str) -> Table | None:
    """Find the statement that parted a turn from the one that follows it now."""
    for table in reversed(document.get("turns", ())):
        words = table.get("part_at")
        if (
            table.get("turn") == turn
            and words
            and (following_text.startswith(words) or words.startswith(following_text))
        ):
            found: Table = table
            return found
    return None


def join_next(document: Document, turn: str, following: str, following_text: str) -> dict[str, Any]:
    """State that the next turn belongs to a turn; where it was parted from it, that is taken back."""
    parted = find_part(document, turn, following_text)
    if parted is not None:
        return take_back(document, mark_of("turns", parted), following)
    return _adding(_forgetting(document, following), "turns", {"turn": turn, "join_next": True})


def state_exchange(document: Document, question: Sequence[str], answers: Sequence[str]) -> dict[str, Any]:
    """State which turns are one question, and which answer it. What was stated of these turns alone is superseded."""
    all_turns = {*question, *answers}
    left = [
        table
        for table in document.get("exchanges", ())
        if not all(isinstance(one, str) and one in all_turns for one in _turns_of(table))
    ]
    return _adding({**document, "exchanges": left}, "exchanges", {"question": list(question), "answers": list(answers)})


def describe_speaker(document: Document, labels: Sequence[str], name: str | None, role: str | None) -> dict[str, Any]:
    """State who is behind labels, and in which role; None leaves it to what the file says."""
    stated = [table for table in document.get("speakers", ()) if not set(table["labels"]) & set(labels)]
    before: Table = next(
        (table for table in document.get("speakers", ()) if set(table["labels"]) & set(labels)), {"labels": []}
    )
    table: dict[str, Any] = {**before, "labels": list(dict.fromkeys([*before["labels"], *labels]))}
    for key, value in (("name", name), ("role", role)):
        table.pop(key, None)
        if value:
            table[key] = value
    return {**document, "speakers": [*stated, table]}


def say_same(document: Document, labels: Sequence[str], others: Sequence[str]) -> dict[str, Any]:
    """State that one person is behind these labels and others; what is stated of the first goes over the rest."""
    tables = document.get("speakers", ())
    meant = [table for some in (others, labels) for table in tables if set(table["labels"]) & set(some)]
    all_labels = [*labels, *others, *(label for table in meant for label in table["labels"])]
    one = {key: value for table in meant for key, value in table.items() if key != "stated_as"}
    left = [table for table in tables if not any(table is other for other in meant)]
    return {**document, "speakers": [*left, {**one, "labels": list(dict.fromkeys(all_labels))}]}


def take_back(document: Document, mark: str, following: str | None = None) -> dict[str, Any]:
    """Take back one statement. With a part, what was stated of `following`, the second part, goes too.

    Raises:
        StatementError: it is not stated any more.
    """
    for key in ("turns", "exchanges"):
        tables = list(document.get(key, ()))
        for number in reversed(range(len(tables))):
            if mark_of(key, tables[number]) == mark:
                was_part = tables.pop(number).get("part_at") is not None
                left = {**document, key: tables}
                return _forgetting(left, following) if was_part and following else left
    raise StatementError("this is not stated any more")


def stated_of(document: Document, turn: str) -> Iterator[tuple[str, Table]]:
    """Yield what is stated of a turn: the mark and the table of each statement, in their order."""
    for key in ("turns", "exchanges"):
        for table in document.get(key, ()):
            if table.get("turn") == turn or (key == "exchanges" and turn in _turns_of(table)):
                yield mark_of(key, table), table


def mark_of(key: str, table: Table) -> str:
    """Return a word by which one statement can be known among others."""
    words = json.dumps([key, {name: value for name, value in table.items() if name != "open"}], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _with_turns(document: Document, turns: Collection[str], label: str | None, stated: Table) -> dict[str, Any]:
    """State something of turns, or of their label, last and in place of what was stated so far."""
    [key] = stated
    tables = []
    for table in document.get("turns", ()):
        is_of_label = label is not None and table.get("label") == label and not {"turn", "begins"} & table.keys()
        if is_of_label or table.get("turn") in turns:
            table = {name: value for name, value in table.items() if name != key}
            if not {"speaker", "kind"} & table.keys() and not _cuts(table):
                continue
        tables.append(table)
    meant = [{"label": label}] if label is not None else [{"turn": turn} for turn in turns]
    return {**document, "turns": [*tables, *({**which, **stated} for which in meant)]}


def _without_exchanges(document: Document, turns: Collection[str]) -> dict[str, Any]:
    """Take turns out of the exchanges that are stated; one without a question is stated no more."""
    left = []
    for table in document.get("exchanges", ()):
        lists = {
            name: [one for one in table[name] if not (isinstance(one, str) and one in turns)]
            for name in ("question", "answers")
            if table.get(name) is not None
        }
        if lists["question"]:
            left.append({**table, **lists})
    return {**document, "exchanges": left}


def _forgetting(document: Document, turn: str) -> dict[str, Any]:
    """Drop what is stated of a turn that there will not be."""
    tables = [table for table in document.get("turns", ()) if table.get("turn") != turn or _cuts(table)]
    return _without_exchanges({**document, "turns": tables}, {turn})


def _cuts(table: Table) -> bool:
    return table.get("part_at") is not None or bool(table.get("join_next"))


def _turns_of(table: Table) -> list[Any]:
    return [*table["question"], *(table.get("answers") or ())]


def _adding(document: Document, key: str, table: Table) -> dict[str, Any]:
    return {**document, key: [*document.get(key, ()), table]}
