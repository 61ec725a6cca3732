"""Describes what loading a file would change, in plain values."""

from collections import Counter
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from app.loading.import_plan import ImportPlan
from app.loading.interview_writer import Outcome
from app.loading.item_updates import ItemUpdate
from app.models import ChangeAction
from app.text.differences import differences


class ItemOutcome(StrEnum):
    """What would become of a turn, a question or an answer."""

    CREATED = "created"
    RESTORED = "restored"
    CHANGED = "changed"
    MOVED = "moved"
    KEPT = "kept"
    DELETED = "deleted"


def correction_of(plan: ImportPlan) -> dict[str, Any]:
    """Describe in plain values what loading a file would do; a file that is already stored changes nothing.

    `items` are its questions and answers; of its turns, those that do not stay as they are.
    """
    interview = {
        "slug": plan.slug,
        "interview_id": plan.id,
        "slug_before": plan.stored.slug if plan.stored else None,
        "kept_metadata": list(plan.prepared.kept_metadata),
        "share_replaced": plan.share_replaced,
        "overruled_metadata": list(plan.prepared.overruled_metadata),
        "open_statements": [asdict(one) for one in plan.prepared.unfit],
    }
    if plan.is_unchanged:
        nothing: dict[str, Any] = {"counts": {}, "items": [], "turns": []}
        return {**interview, "outcome": Outcome.UNCHANGED, "revision": plan.stored.revision, **nothing}
    items, turns = [_item(update) for update in plan.item_updates], _turns(plan)
    counts: dict[str, Counter[str]] = {"turn": Counter(), "question": Counter(), "answer": Counter()}
    for one in (*turns, *items):
        counts[one["noun"]][one["outcome"]] += 1
    return {
        **interview,
        "outcome": Outcome.CHANGED if plan.stored else Outcome.CREATED,
        "revision": plan.revision,
        "counts": {noun: {kind.value: counted[kind] for kind in ItemOutcome} for noun, counted in counts.items()},
        "items": items,
        "turns": [one for one in turns if one["outcome"] is not ItemOutcome.KEPT],
    }


def _outcome(update: ItemUpdate) -> ItemOutcome:
    if update.action is ChangeAction.DELETED:
        return ItemOutcome.DELETED
    if update.action is ChangeAction.CREATED:
        return ItemOutcome.RESTORED if update.restored else ItemOutcome.CREATED
    if update.revised:
        return ItemOutcome.CHANGED
    return ItemOutcome.MOVED if update.moved else ItemOutcome.KEPT


def _item(update: ItemUpdate) -> dict[str, Any]:
    return {
        "noun": update.noun,
        "id": update.id,
        "outcome": _outcome(update),
        "revision": update.revision,
        "moved": update.moved,
        "position": update.position,
        "position_before": update.position_before,
        **_texts(update.text, update.text_before),
        "replaced_by": list(update.replaced_by),
    }


def _turns(plan: ImportPlan) -> list[dict[str, Any]]:
    """Describe what becomes of each turn: first the turns of the file in their order, then the turns that it lacks."""
    before, identities = plan.before.turns, plan.identities
    now = []
    for place, (turn_id, same) in enumerate(zip(identities.turn_ids, identities.same, strict=True)):
        text, text_before = identities.texts[place], None if same is None else before[same].text
        if same is None:
            outcome = ItemOutcome.RESTORED if identities.has_returned(place) else ItemOutcome.CREATED
        else:
            outcome = ItemOutcome.KEPT if text == text_before else ItemOutcome.CHANGED
        position_before = None if same is None else before[same].position
        now.append(_turn(turn_id, outcome, place + 1, position_before, text, text_before))
    stay = {same for same in identities.same if same is not None}
    gone = [row for index, row in enumerate(before) if index not in stay]
    return [*now, *(_turn(row.id, ItemOutcome.DELETED, None, row.position, None, row.text) for row in gone)]


def _turn(
    turn_id: str,
    outcome: ItemOutcome,
    position: int | None,
    position_before: int | None,
    text: str | None,
    text_before: str | None,
) -> dict[str, Any]:
    places = {"position": position, "position_before": position_before}
    return {"noun": "turn", "id": turn_id, "outcome": outcome, **places, **_texts(text, text_before)}


def _texts(text: str | None, before: str | None) -> dict[str, Any]:
    """Return a text and what differs from the one before; the one before only where the two differ."""
    is_changed = text is not None and before is not None and text != before
    return {
        "text": text,
        "text_before": before if is_changed or text is None else None,
        "differences": [asdict(one) for one in differences(before or "", text or "")] if is_changed else [],
    }
