"""Compares the questions and answers of a new reading with the stored ones. Pure."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.loading.identity import ANSWER, QUESTION, Identities, Row
from app.models import ChangeAction
from app.text.alignment import find_successors
from app.text.paragraphs import PARAGRAPH


@dataclass(frozen=True)
class ItemUpdate:
    """What changes in one question or answer. `action` is None where its words and structure stay as they are.

    `revised` says whether the item itself gets a new revision; a question whose answers change keeps its revision.
    Positions are those of the question in its interview; for an answer, those of its question.
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
class _Content:
    """What makes a new revision of an item when it changes: its speaker, its texts, and its answers or its question."""

    who: str | None
    texts: tuple[str, ...]
    linked: tuple[str, ...]


class ReadingComparison:
    """A new reading of an interview, compared with what is stored of it."""

    def __init__(self, identities: Identities, revision: int) -> None:
        self.questions, self.answers, self.owners = identities.questions, identities.answers, identities.owners
        self._stored, self._texts, self._same = identities.stored, identities.texts, identities.same
        self._identities, self._revision = identities, revision

    def set_first_revisions(self) -> None:
        """Give each question and answer of a new interview its first revision."""
        for row in (*self.questions, *self.answers):
            row["revision"], row["revised_in"] = 1, self._revision

    def item_updates(self, speakers: Sequence[str | None]) -> list[ItemUpdate]:
        """Return what changes in each question and answer, also new and deleted ones, and set the revision of each row.

        `speakers` has the stored speaker of each participant; None for a new one.
        """
        before = self._contents_before()
        now = self._contents_now([speaker or f"participant {index}" for index, speaker in enumerate(speakers)])
        changes = [
            *self._compare(QUESTION, self.questions, self._stored.questions, before, now),
            *self._compare(ANSWER, self.answers, self._stored.answers, before, now),
        ]
        deleted = {item: content for item, content in before.items() if item not in now}
        return [*changes, *self._deletions(deleted)]

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

        def speaker(participant: int | None) -> str | None:
            return None if participant is None else who[participant]

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

    def _compare(
        self,
        noun: str,
        rows: Sequence[Row],
        stored: Mapping[str, Any],
        before: Mapping[str, _Content],
        now: Mapping[str, _Content],
    ) -> Iterator[ItemUpdate]:
        moved = self._moved(noun, [row["id"] for row in rows])
        places = {row["id"]: row["position"] for row in self.questions}
        for row in rows:
            item, old = row["id"], stored.get(row["id"])
            past = self._identities.past.get(item) if old is None else None
            revised = before.get(item) != now[item]
            row["revised_in"] = self._revision
            action: ChangeAction | None = ChangeAction.CREATED
            if old is not None:
                row["revision"] = old.revision + revised
                row["revised_in"] = self._revision if revised else old.revised_in
                with_answers = noun == QUESTION and any(before.get(one) != now[one] for one in now[item].linked)
                action = ChangeAction.CHANGED if revised or with_answers else None
            else:
                row["revision"] = 1 if past is None else past["revision"] + 1
            yield ItemUpdate(
                noun=noun,
                id=item,
                action=action,
                revision=row["revision"],
                revised=revised,
                moved=item in moved,
                restored=past is not None,
                position=places[row.get("question_id", item)],
                position_before=self._position_before(noun, item),
                text=PARAGRAPH.join(now[item].texts),
                text_before=PARAGRAPH.join(before[item].texts) if item in before else None,
            )

    def _deletions(self, deleted: Mapping[str, _Content]) -> Iterator[ItemUpdate]:
        replacements = self._replacements(deleted)
        for item, content in deleted.items():
            noun = QUESTION if item in self._stored.questions else ANSWER
            rows = self._stored.questions if noun == QUESTION else self._stored.answers
            yield ItemUpdate(
                noun=noun,
                id=item,
                action=ChangeAction.DELETED,
                revision=rows[item].revision,
                position_before=self._position_before(noun, item),
                text_before=PARAGRAPH.join(content.texts),
                replaced_by=tuple(replacements[item]),
            )

    def _moved(self, noun: str, now: Sequence[str]) -> set[str]:
        """Return the items that changed their place among the items that stay."""
        questions, answers = self._stored.questions, self._stored.answers
        if noun == QUESTION:
            before = sorted(questions, key=lambda item: int(questions[item].position))
        else:

            def place(item: str) -> tuple[int, int]:
                return questions[answers[item].question_id].position, answers[item].position

            before = sorted(answers, key=place)
        places = {item: place for place, item in enumerate(before)}
        staying = [item for item in now if item in places]
        return set(staying) - set(_longest_increasing(staying, places))

    def _position_before(self, noun: str, item: str) -> int | None:
        row = self._stored.questions.get(item) if noun == QUESTION else self._stored.answers.get(item)
        if row is None:
            return None
        return int(row.position if noun == QUESTION else self._stored.questions[row.question_id].position)

    def _replacements(self, deleted: Mapping[str, _Content]) -> dict[str, list[str]]:
        """Return the items that have the words of each deleted item now; of the same noun, if there are any.

        A question whose words are nowhere is replaced by the question that has the words of its answers.
        """
        replacements: dict[str, list[str]] = {item: [] for item in deleted}
        if not deleted:
            return replacements
        rows = self._stored.turns
        successors: dict[int, list[int]] = find_successors([row.text for row in rows], self._texts, self._same)
        for place, index in enumerate(self._same):
            if index is not None:
                successors.setdefault(index, []).insert(0, place)
        answered: dict[str, list[str]] = defaultdict(list)
        for index, row in enumerate(rows):
            owners = [self.owners[place] for place in successors.get(index, ()) if place in self.owners]
            if (item := row.answer_id or row.question_id) in replacements:
                replacements[item] += [answer_id or question_id for question_id, answer_id in owners]
            if row.answer_id is not None:
                answered[row.question_id] += [question_id for question_id, _answer_id in owners]
        for item, others in replacements.items():
            ids = {row["id"] for row in (self.questions if item in self._stored.questions else self.answers)}
            same_noun = [other for other in others if other in ids]
            replacements[item] = list(dict.fromkeys(same_noun or others or answered[item]))
        return replacements


def _longest_increasing(items: Sequence[str], places: Mapping[str, int]) -> list[str]:
    """Return the longest subsequence of items whose places increase."""
    ends: list[int] = []
    runs: list[tuple[str, int | None]] = []
    last_of: list[int] = []
    for number, item in enumerate(items):
        length = bisect(ends, places[item])
        ends[length : length + 1] = [places[item]]
        last_of[length : length + 1] = [number]
        runs.append((item, last_of[length - 1] if length else None))
    chosen: list[str] = []
    at = last_of[-1] if last_of else None
    while at is not None:
        item, at = runs[at]
        chosen.append(item)
    return chosen
