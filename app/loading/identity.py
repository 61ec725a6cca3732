"""Gives the turns, questions and answers of a new reading their ids: the stored one where an item continues. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.loading.id_counter import IdCounter
from app.structure.pairing import Structure
from app.text.alignment import MIN_DISTINCT_LENGTH, align, align_returned

QUESTION, ANSWER = "question", "answer"
# Distance of two turns that count as neighbours, at most: one turn between them may have been removed or added.
_MAX_DISTANCE = 2
Row = dict[str, Any]


@dataclass
class StoredInterview:
    """The rows of an interview before the import; questions and answers by id.

    `past` has the documents of its past revisions, the newest first. They are read only where a turn or item is new.
    """

    turns: list[Any] = field(default_factory=list)
    questions: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    contributions: list[Any] = field(default_factory=list)
    topics: list[Any] = field(default_factory=list)
    past: Iterable[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class _Origin:
    """The stored turn that a turn continues, and the question and the answer that it belonged to."""

    turn_id: str
    question_id: str | None
    answer_id: str | None


class Identities:
    """The ids of a new reading of one interview.

    `turn_ids` and `same` (the index of the stored turn, or None) run parallel to the turns. `questions` and `answers`
    are rows with indexes of participants in place of speakers. `owners` has the question and answer of turns by index.
    """

    def __init__(
        self,
        stored: StoredInterview,
        texts: Sequence[str],
        labels: Sequence[str | None],
        structure: Structure,
        counters: tuple[IdCounter, IdCounter, IdCounter],
    ) -> None:
        self.stored, self.texts, self._structure = stored, texts, structure
        self._turn_ids, self._question_ids, self._answer_ids = counters
        labelled = [row.speaker_label for row in stored.turns], labels
        self.same = align([row.text for row in stored.turns], texts, labelled)
        self._origins = self._find_origins()
        self.turn_ids = [origin.turn_id if origin else self._turn_ids.next() for origin in self._origins]
        self.owners: dict[int, tuple[str, str | None]] = {}
        self.questions, self.answers = self._assign_items()

    def has_returned(self, place: int) -> bool:
        """Whether a turn was deleted before, and is here again."""
        return self.same[place] is None and self._origins[place] is not None

    def heirs(self) -> list[str | None]:
        """Return, for each participant, the stored speaker who shares most turns of both with them, or None."""
        spoken = Counter(row.speaker_id for row in self.stored.turns if row.speaker_id is not None)
        speakers_of: dict[int, Counter[str]] = defaultdict(Counter)
        turns_of: Counter[int] = Counter()
        for place, participant in enumerate(self._structure.participant_of):
            index = self.same[place]
            if participant is None or index is None:
                continue
            turns_of[participant] += 1
            speaker_id = self.stored.turns[index].speaker_id
            if speaker_id is not None:
                speakers_of[participant][speaker_id] += 1
        heirs: list[str | None] = []
        for participant in range(len(self._structure.participants)):
            speaker_id, count = next(iter(speakers_of[participant].most_common(1)), (None, 0))
            is_heir = speaker_id is not None and 2 * count > turns_of[participant] and 2 * count > spoken[speaker_id]
            heirs.append(speaker_id if is_heir else None)
        return heirs

    def _find_origins(self) -> list[_Origin | None]:
        """Return the stored turn that each turn continues, else a deleted one that came back, else None."""
        rows = self.stored.turns
        origins = [None if index is None else _origin_of(rows[index]) for index in self.same]
        if None not in origins:
            return origins
        stored_ids = {row.id for row in rows}
        for document in self._documents:
            turns = document["turns"]
            place_of = {turn["id"]: index for index, turn in enumerate(turns)}
            used = stored_ids | {origin.turn_id for origin in origins if origin}
            matched = {
                place: place_of[origin.turn_id]
                for place, origin in enumerate(origins)
                if origin and origin.turn_id in place_of
            }
            gone = {index for index, turn in enumerate(turns) if turn["id"] not in used}
            returned = align_returned([turn["text"] for turn in turns], self.texts, matched, gone) if gone else {}
            for place, index in returned.items():
                if origins[place] is None:
                    turn = turns[index]
                    origins[place] = _Origin(turn["id"], turn["question_id"], turn["answer_id"])
            if None not in origins:
                break
        return origins

    @cached_property
    def _documents(self) -> list[Mapping[str, Any]]:
        return list(self.stored.past)

    @cached_property
    def past(self) -> dict[str, Mapping[str, Any]]:
        """Questions and answers of past revisions by id, as they last were."""
        items: dict[str, Mapping[str, Any]] = {}
        for document in self._documents:
            for item in (*document["questions"], *document["answers"]):
                items.setdefault(item["id"], item)
        return items

    @cached_property
    def _past_by_turns(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], str]:
        """Ids of deleted questions and answers, by noun and by the ids and texts of their turns, as they last were."""
        items: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
        for document in self._documents:
            turns: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
            for turn in document["turns"]:
                if turn["question_id"] is not None:
                    key = (ANSWER, turn["answer_id"]) if turn["answer_id"] else (QUESTION, turn["question_id"])
                    turns[key].append((turn["id"], turn["text"]))
            for (noun, item), words in turns.items():
                if item not in self.stored.questions and item not in self.stored.answers:
                    items.setdefault((noun, tuple(words)), item)
        return items

    def _assign_items(self) -> tuple[list[Row], list[Row]]:
        """Return the rows of questions and answers, with the id of the stored item that most words come from."""
        exchanges = self._structure.exchanges
        asked = [exchange.question_turns for exchange in exchanges]
        ids = self._ids(QUESTION, asked, [self._claims(QUESTION, turns) for turns in asked], self._question_ids)
        questions = [
            {"id": question_id, "position": position, "asked_by": exchange.asked_by}
            for position, (question_id, exchange) in enumerate(zip(ids, exchanges, strict=True), start=1)
        ]
        for question_id, turns in zip(ids, asked, strict=True):
            self.owners.update((turn, (question_id, None)) for turn in turns)
        answered = [
            (question_id, place, answer)
            for question_id, exchange in zip(ids, exchanges, strict=True)
            for place, answer in enumerate(exchange.answers, start=1)
        ]
        claims = [self._claims(ANSWER, answer.turns, question_id) for question_id, _place, answer in answered]
        ids = self._ids(ANSWER, [answer.turns for _id, _place, answer in answered], claims, self._answer_ids)
        answers = []
        for answer_id, (question_id, place, answer) in zip(ids, answered, strict=True):
            answers.append(
                {"id": answer_id, "question_id": question_id, "position": place, "speaker_id": answer.participant}
            )
            self.owners.update((turn, (question_id, answer_id)) for turn in answer.turns)
        return questions, answers

    def _ids(
        self, noun: str, turns: Sequence[Sequence[int]], claims: Sequence[Mapping[str, int]], counter: IdCounter
    ) -> list[str]:
        """Return the id of each item: the one that it claims, else the one that it had in the past, else a new one."""
        resolved = _resolve_claims(claims)
        used = set(resolved)
        ids = []
        for places, claimed in zip(turns, resolved, strict=True):
            if claimed is None and None not in (self._origins[place] for place in places):
                words = tuple((self.turn_ids[place], self.texts[place]) for place in places)
                past_id = self._past_by_turns.get((noun, words))
                if past_id not in used:
                    claimed = past_id
                    used.add(past_id)
            ids.append(claimed or counter.next())
        return ids

    def _claims(self, noun: str, turns: Sequence[int], question_id: str | None = None) -> dict[str, int]:
        """Return the stored items that these turns belonged to, weighted by characters.

        A short text such as "Yes." claims an item only beside the same turn, or as an answer to the same question.
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
                weights[item] += len(self.texts[place])
                if self._has_same_neighbour(place) or (noun == ANSWER and origin.question_id == question_id):
                    certain.add(item)
        return {item: weight for item, weight in weights.items() if weight >= MIN_DISTINCT_LENGTH or item in certain}

    def _has_same_neighbour(self, place: int) -> bool:
        index = self.same[place]
        if index is None:
            # The turn came back, for which align_returned() compared its neighbours.
            return True
        if (place, index) == (0, 0) or (len(self.same) - place, len(self.stored.turns) - index) == (1, 1):
            return True
        steps = range(1, _MAX_DISTANCE + 1)
        return any(
            0 <= place + sign * here < len(self.same) and self.same[place + sign * here] == index + sign * there
            for sign in (1, -1)
            for here in steps
            for there in steps
        )


def _origin_of(row: Any) -> _Origin:
    return _Origin(row.id, row.question_id, row.answer_id)


def _resolve_claims(claims: Sequence[Mapping[str, int]]) -> list[str | None]:
    """Return the item of each claimant, the greatest weights first; no item is given twice."""
    resolved: list[str | None] = [None] * len(claims)
    taken: set[str] = set()
    weighed = [(-weight, place, item) for place, items in enumerate(claims) for item, weight in items.items()]
    for _weight, place, item in sorted(weighed):
        if resolved[place] is None and item not in taken:
            resolved[place] = item
            taken.add(item)
    return resolved
