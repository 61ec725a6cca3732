"""Which stored turn, question and answer each of a new reading is, and what becomes of the rest. Pure: rows go in, and
ids, revisions and fates come out.
"""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.loading.id_counter import Numbers
from app.models import ChangeAction
from app.structure.pairing import Structure
from app.text.alignment import DISTINCT, align, align_returned, went_into

PARAGRAPH = "\n\n"
QUESTION, ANSWER = "question", "answer"
# Turns so near stand beside one another still if what was between them is gone, or something is there now.
_BESIDE = 2
Row = dict[str, Any]


@dataclass
class Stored:
    """What an interview holds before the import: rows that still may lend their ids, questions and answers by id.

    `past` are the documents of its earlier revisions, the newest first; they are read only where something is new.
    """

    turns: list[Any] = field(default_factory=list)
    questions: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    parts: list[Any] = field(default_factory=list)
    topics: list[Any] = field(default_factory=list)
    past: Iterable[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Fate:
    """What becomes of one question or answer. `action` is None where its words and structure stay as they are.

    `revised` says whether the item itself gets a new revision: a question is changed with its answers, and keeps its
    revision. Positions are those of the question in its interview; of an answer, those of its question.
    """

    noun: str
    id: str
    action: ChangeAction | None
    revision: int
    revised: bool = False
    moved: bool = False
    restored: bool = False
    position: int | None = None
    position_before: int | None = None
    text: str | None = None
    text_before: str | None = None
    replaced_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Origin:
    """Where a turn comes from: its id, and the question and the answer that it belonged to."""

    turn_id: str
    question_id: str | None
    answer_id: str | None


@dataclass(frozen=True)
class _Content:
    """What moves an item's revision when it changes: who speaks, the words, and what it belongs to or has."""

    who: str | None
    texts: tuple[str, ...]
    linked: tuple[str, ...]


class Identities:
    """The ids of a new reading of one interview.

    `turn_ids` runs parallel to the turns; `questions` and `answers` are rows, with parts in place of speakers; `owners`
    gives the question and the answer that a turn belongs to.
    """

    def __init__(
        self,
        stored: Stored,
        texts: Sequence[str],
        structure: Structure,
        numbers: tuple[Numbers, Numbers, Numbers],
        revision: int,
    ) -> None:
        self._stored, self._texts, self._structure = stored, texts, structure
        self._revision = revision
        self._turn_numbers, self._question_numbers, self._answer_numbers = numbers
        self._same = align([row.text for row in stored.turns], texts)
        self._origins = self._find_origins()
        self.turn_ids = [origin.turn_id if origin else self._turn_numbers.next() for origin in self._origins]
        self.owners: dict[int, tuple[str, str | None]] = {}
        self.questions, self.answers = self._settle_structure()

    def heirs(self) -> list[str | None]:
        """For each part, the stored speaker of most of its turns, if these are most of that speaker's turns too."""
        spoken = Counter(row.speaker_id for row in self._stored.turns if row.speaker_id is not None)
        of_part: dict[int, Counter[str]] = defaultdict(Counter)
        turns_of: Counter[int] = Counter()
        for place, part in enumerate(self._structure.part_of):
            index = self._same[place]
            if part is None or index is None:
                continue
            turns_of[part] += 1
            speaker_id = self._stored.turns[index].speaker_id
            if speaker_id is not None:
                of_part[part][speaker_id] += 1
        found: list[str | None] = []
        for part in range(len(self._structure.parts)):
            speaker_id, count = next(iter(of_part[part].most_common(1)), (None, 0))
            is_heir = speaker_id is not None and 2 * count > turns_of[part] and 2 * count > spoken[speaker_id]
            found.append(speaker_id if is_heir else None)
        return found

    def fates(self, speakers: Sequence[str | None]) -> list[Fate]:
        """Say what becomes of each question and answer, new ones included, and give each row its revision.

        `speakers` are the stored speakers of the parts; None for somebody new.
        """
        before = self._contents_before()
        now = self._contents_now([known or f"part {part}" for part, known in enumerate(speakers)])
        fates = [
            *self._fates_of(QUESTION, self.questions, self._stored.questions, before, now),
            *self._fates_of(ANSWER, self.answers, self._stored.answers, before, now),
        ]
        gone = {item: kept for item, kept in before.items() if item not in now}
        return [*fates, *self._fates_of_gone(gone)]

    def begin(self) -> None:
        """Give each question and answer of an interview that is not stored yet its first revision."""
        for row in (*self.questions, *self.answers):
            row["revision"], row["revised_in"] = 1, self._revision

    def _find_origins(self) -> list[_Origin | None]:
        rows = self._stored.turns
        origins = [None if index is None else _origin_of(rows[index]) for index in self._same]
        if None not in origins:
            return origins
        alive = {row.id for row in rows}
        for document in self._documents:
            turns = document["turns"]
            place_of = {turn["id"]: index for index, turn in enumerate(turns)}
            not_gone = alive | {origin.turn_id for origin in origins if origin}
            known = {
                place: place_of[origin.turn_id]
                for place, origin in enumerate(origins)
                if origin and origin.turn_id in place_of
            }
            gone = {index for index, turn in enumerate(turns) if turn["id"] not in not_gone}
            back = align_returned([turn["text"] for turn in turns], self._texts, known, gone) if gone else {}
            for place, index in back.items():
                if origins[place] is None:
                    turn = turns[index]
                    origins[place] = _Origin(turn["id"], turn["question_id"], turn["answer_id"])
            if None not in origins:
                break
        return origins

    @cached_property
    def _documents(self) -> list[Mapping[str, Any]]:
        return list(self._stored.past)

    @cached_property
    def _past(self) -> dict[str, Mapping[str, Any]]:
        """Items of the past by id, as they were last."""
        found: dict[str, Mapping[str, Any]] = {}
        for document in self._documents:
            for item in (*document["questions"], *document["answers"]):
                found.setdefault(item["id"], item)
        return found

    @cached_property
    def _past_by_turns(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], str]:
        """Items that are no more, by noun and their turns with their words, as they last were."""
        found: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
        for document in self._documents:
            turns: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
            for turn in document["turns"]:
                if turn["question_id"] is not None:
                    key = (ANSWER, turn["answer_id"]) if turn["answer_id"] else (QUESTION, turn["question_id"])
                    turns[key].append((turn["id"], turn["text"]))
            for (noun, item), words in turns.items():
                if item not in self._stored.questions and item not in self._stored.answers:
                    found.setdefault((noun, tuple(words)), item)
        return found

    def _settle_structure(self) -> tuple[list[Row], list[Row]]:
        """Make question and answer rows; an item keeps the id of the one that most of its words continue."""
        exchanges = self._structure.exchanges
        asked = [exchange.question_turns for exchange in exchanges]
        ids = self._ids(QUESTION, asked, [self._claims(QUESTION, turns) for turns in asked], self._question_numbers)
        questions = [
            {"id": question_id, "position": position, "asked_by": exchange.asked_by}
            for position, (question_id, exchange) in enumerate(zip(ids, exchanges, strict=True), start=1)
        ]
        for question_id, turns in zip(ids, asked, strict=True):
            self.owners.update((turn, (question_id, None)) for turn in turns)
        given = [
            (question_id, place, answer)
            for question_id, exchange in zip(ids, exchanges, strict=True)
            for place, answer in enumerate(exchange.answers, start=1)
        ]
        claims = [self._claims(ANSWER, answer.turns, question_id) for question_id, _place, answer in given]
        ids = self._ids(ANSWER, [answer.turns for _id, _place, answer in given], claims, self._answer_numbers)
        answers = []
        for answer_id, (question_id, place, answer) in zip(ids, given, strict=True):
            answers.append({"id": answer_id, "question_id": question_id, "position": place, "speaker_id": answer.part})
            self.owners.update((turn, (question_id, answer_id)) for turn in answer.turns)
        return questions, answers

    def _ids(
        self, noun: str, turns: Sequence[Sequence[int]], claims: Sequence[Mapping[str, int]], numbers: Numbers
    ) -> list[str]:
        """Give each item the id that it claims, else the one that it had in the past, else a new one."""
        found = _claimed(claims)
        given = set(found)
        ids = []
        for places, claimed in zip(turns, found, strict=True):
            if claimed is None and None not in (self._origins[place] for place in places):
                words = tuple((self.turn_ids[place], self._texts[place]) for place in places)
                back = self._past_by_turns.get((noun, words))
                if back not in given:
                    claimed = back
                    given.add(back)
            ids.append(claimed or numbers.next())
        return ids

    def _claims(self, noun: str, turns: Sequence[int], question_id: str | None = None) -> dict[str, int]:
        """Weigh by their words the items that these turns were of before.

        Few words, such as a "Yes.", are an item again only beside the same turn, or as an answer to the same question.
        """
        weights: Counter[str] = Counter()
        certain: set[str] = set()
        for place in turns:
            origin = self._origins[place]
            if origin is None:
                continue
            item = origin.answer_id
            if noun == QUESTION:
                item = origin.question_id if item is None else None
            if item is not None:
                weights[item] += len(self._texts[place])
                if self._is_in_place(place) or (noun == ANSWER and origin.question_id == question_id):
                    certain.add(item)
        return {item: weight for item, weight in weights.items() if weight >= DISTINCT or item in certain}

    def _is_in_place(self, place: int) -> bool:
        index = self._same[place]
        if index is None:
            # It came back, and that took its neighbours into account.
            return True
        if (place, index) == (0, 0) or (len(self._same) - place, len(self._stored.turns) - index) == (1, 1):
            return True
        steps = range(1, _BESIDE + 1)
        return any(
            0 <= place + sign * here < len(self._same) and self._same[place + sign * here] == index + sign * there
            for sign in (1, -1)
            for here in steps
            for there in steps
        )

    def _contents_before(self) -> dict[str, _Content]:
        stored = self._stored
        texts: dict[str, list[str]] = defaultdict(list)
        for row in stored.turns:
            if row.question_id is not None:
                texts[row.answer_id or row.question_id].append(row.text)
        answers: dict[str, list[str]] = defaultdict(list)
        for row in sorted(stored.answers.values(), key=lambda row: int(row.position)):
            answers[row.question_id].append(row.id)
        return {
            **{
                item: _Content(row.asked_by, tuple(texts[item]), tuple(answers[item]))
                for item, row in stored.questions.items()
            },
            **{
                item: _Content(row.speaker_id, tuple(texts[item]), (row.question_id,))
                for item, row in stored.answers.items()
            },
        }

    def _contents_now(self, who: Sequence[str]) -> dict[str, _Content]:
        texts: dict[str, list[str]] = defaultdict(list)
        for place in sorted(self.owners):
            question_id, answer_id = self.owners[place]
            texts[answer_id or question_id].append(self._texts[place])
        answers: dict[str, list[str]] = defaultdict(list)
        for row in self.answers:
            answers[row["question_id"]].append(row["id"])

        def speaker(part: int | None) -> str | None:
            return None if part is None else who[part]

        return {
            **{
                row["id"]: _Content(speaker(row["asked_by"]), tuple(texts[row["id"]]), tuple(answers[row["id"]]))
                for row in self.questions
            },
            **{
                row["id"]: _Content(speaker(row["speaker_id"]), tuple(texts[row["id"]]), (row["question_id"],))
                for row in self.answers
            },
        }

    def _fates_of(
        self,
        noun: str,
        rows: Sequence[Row],
        stored: Mapping[str, Any],
        before: Mapping[str, _Content],
        now: Mapping[str, _Content],
    ) -> Iterator[Fate]:
        moved = self._moved(noun, [row["id"] for row in rows])
        places = {row["id"]: row["position"] for row in self.questions}
        for row in rows:
            item, known = row["id"], stored.get(row["id"])
            back = self._past.get(item) if known is None else None
            revised = before.get(item) != now[item]
            row["revised_in"] = self._revision
            action: ChangeAction | None = ChangeAction.CREATED
            if known is not None:
                row["revision"] = known.revision + revised
                row["revised_in"] = self._revision if revised else known.revised_in
                with_answers = noun == QUESTION and any(before.get(one) != now[one] for one in now[item].linked)
                action = ChangeAction.CHANGED if revised or with_answers else None
            else:
                row["revision"] = 1 if back is None else back["revision"] + 1
            yield Fate(
                noun=noun,
                id=item,
                action=action,
                revision=row["revision"],
                revised=revised,
                moved=item in moved,
                restored=back is not None,
                position=places[row.get("question_id", item)],
                position_before=self._position_before(noun, item),
                text=PARAGRAPH.join(now[item].texts),
                text_before=PARAGRAPH.join(before[item].texts) if item in before else None,
            )

    def _fates_of_gone(self, gone: Mapping[str, _Content]) -> Iterator[Fate]:
        replaced = self._replacements(gone)
        for item, content in gone.items():
            noun = QUESTION if item in self._stored.questions else ANSWER
            rows = self._stored.questions if noun == QUESTION else self._stored.answers
            yield Fate(
                noun=noun,
                id=item,
                action=ChangeAction.DELETED,
                revision=rows[item].revision,
                position_before=self._position_before(noun, item),
                text_before=PARAGRAPH.join(content.texts),
                replaced_by=tuple(replaced[item]),
            )

    def _moved(self, noun: str, now: Sequence[str]) -> set[str]:
        """Name the items that stand no longer in the order of the others."""
        questions, answers = self._stored.questions, self._stored.answers
        if noun == QUESTION:
            before = sorted(questions, key=lambda item: int(questions[item].position))
        else:

            def place(item: str) -> tuple[int, int]:
                return questions[answers[item].question_id].position, answers[item].position

            before = sorted(answers, key=place)
        places = {item: place for place, item in enumerate(before)}
        kept = [item for item in now if item in places]
        return set(kept) - set(_in_order(kept, places))

    def _position_before(self, noun: str, item: str) -> int | None:
        row = self._stored.questions.get(item) if noun == QUESTION else self._stored.answers.get(item)
        if row is None:
            return None
        return int(row.position if noun == QUESTION else self._stored.questions[row.question_id].position)

    def _replacements(self, gone: Mapping[str, _Content]) -> dict[str, list[str]]:
        """Find the items that have the words of those that are gone; items of the same noun, if there are any.

        A question whose words are nowhere is replaced by the question that has the words of its answers now.
        """
        found: dict[str, list[str]] = {item: [] for item in gone}
        if not gone:
            return found
        rows = self._stored.turns
        into: dict[int, list[int]] = went_into([row.text for row in rows], self._texts, self._same)
        for place, index in enumerate(self._same):
            if index is not None:
                into.setdefault(index, []).insert(0, place)
        answered: dict[str, list[str]] = defaultdict(list)
        for index, row in enumerate(rows):
            owners = [self.owners[place] for place in into.get(index, ()) if place in self.owners]
            if (item := row.answer_id or row.question_id) in found:
                found[item] += [answer_id or question_id for question_id, answer_id in owners]
            if row.answer_id is not None:
                answered[row.question_id] += [question_id for question_id, _answer_id in owners]
        for item, others in found.items():
            nouns = {row["id"] for row in (self.questions if item in self._stored.questions else self.answers)}
            same_noun = [other for other in others if other in nouns]
            found[item] = list(dict.fromkeys(same_noun or others or answered[item]))
        return found


def _origin_of(row: Any) -> _Origin:
    return _Origin(row.id, row.question_id, row.answer_id)


def _claimed(claims: Sequence[Mapping[str, int]]) -> list[str | None]:
    """Give each claimant at most one of the items that it claims, the weightiest claims first."""
    found: list[str | None] = [None] * len(claims)
    taken: set[str] = set()
    weighed = [(-weight, place, item) for place, items in enumerate(claims) for item, weight in items.items()]
    for _weight, place, item in sorted(weighed):
        if found[place] is None and item not in taken:
            found[place] = item
            taken.add(item)
    return found


def _in_order(items: Sequence[str], places: Mapping[str, int]) -> list[str]:
    """Return the most items whose places rise: the longest increasing subsequence."""
    ends: list[int] = []
    runs: list[tuple[str, int | None]] = []
    last_of: list[int] = []
    for number, item in enumerate(items):
        length = bisect(ends, places[item])
        ends[length : length + 1] = [places[item]]
        last_of[length : length + 1] = [number]
        runs.append((item, last_of[length - 1] if length else None))
    found: list[str] = []
    at = last_of[-1] if last_of else None
    while at is not None:
        item, at = runs[at]
        found.append(item)
    return found
