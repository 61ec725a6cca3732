"""What loading a file would change in the database, printed at a terminal or as plain values."""

from collections import Counter
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from rich.markup import escape

from app.cli.reports import print_replaced, print_statements
from app.cli.terminal import out, say
from app.loading import ImportPlan, ItemUpdate, Outcome
from app.models import ChangeAction
from app.text.differences import differences

# Code points of the text shown on each side of a difference, to show where it is.
_AROUND = 24
# Code points of one line or difference at most.
_LONGEST = 400


class ItemOutcome(StrEnum):
    """What would become of a question or an answer."""

    CREATED = "created"
    RESTORED = "restored"
    CHANGED = "changed"
    MOVED = "moved"
    KEPT = "kept"
    DELETED = "deleted"


_SIGNS = {
    ItemOutcome.CREATED: "[green]+[/]",
    ItemOutcome.RESTORED: "[green]+[/]",
    ItemOutcome.CHANGED: "[yellow]~[/]",
    ItemOutcome.MOVED: "[cyan]>[/]",
    ItemOutcome.DELETED: "[red]-[/]",
}


def correction_of(plan: ImportPlan) -> dict[str, Any]:
    """Describe in plain values what loading a file would do; a file that is already stored changes nothing."""
    interview = {
        "slug": plan.slug,
        "interview_id": plan.id,
        "slug_before": plan.stored.slug if plan.stored else None,
        "kept_metadata": list(plan.prepared.kept_metadata),
        "share_replaced": plan.share_replaced,
        "overruled_metadata": list(plan.prepared.overruled_metadata),
    }
    if plan.is_unchanged:
        return {**interview, "outcome": Outcome.UNCHANGED, "revision": plan.stored.revision, "counts": {}, "items": []}
    item_updates = plan.item_updates
    counts: dict[str, Counter[str]] = {"question": Counter(), "answer": Counter()}
    for update in item_updates:
        counts[update.noun][_outcome(update)] += 1
    return {
        **interview,
        "outcome": Outcome.CHANGED if plan.stored else Outcome.CREATED,
        "revision": plan.revision,
        "counts": {noun: {kind.value: counted[kind] for kind in ItemOutcome} for noun, counted in counts.items()},
        "items": [_item(update) for update in item_updates],
    }


def print_correction(plan: ImportPlan) -> None:
    """Print what loading a file would do, with a line for each question and answer that changes."""
    correction = correction_of(plan)
    outcome, slug, revision = correction["outcome"], correction["slug"], correction["revision"]
    if outcome is Outcome.UNCHANGED:
        effect = f"is stored as {slug}, revision {revision}; loading it changes nothing"
    elif outcome is Outcome.CREATED:
        effect = f"is not stored; loading it creates {slug}"
    else:
        effect = f"is a correction of {correction['slug_before']}; loading it makes revision {revision} of {slug}"
    say(f"{plan.prepared.transcript.source.name} {effect}")
    print_replaced(correction["share_replaced"])
    prepared = plan.prepared
    print_statements(prepared.kept_metadata, prepared.overruled_metadata, prepared.unfit)
    for noun, counted in correction["counts"].items():
        numbers = ", ".join(f"{number} {kind}" for kind, number in counted.items() if number)
        say(f"{noun}s: {numbers or 'none'}")
    if outcome is not Outcome.CHANGED:
        return
    for item in correction["items"]:
        if item["outcome"] is not ItemOutcome.KEPT:
            out.print(f"  {_SIGNS[item['outcome']]} {escape(_line(item))}", highlight=False, soft_wrap=True)


def short_difference(before: str, after: str) -> str:
    """Write the differences of two texts as `[-before-]{+after+}`, with a little of the text around each."""
    shown: list[str] = []
    at = 0
    for one in differences(before, after):
        shown.append(_elided(before[at : one.start_before], is_first=at == 0))
        if one.end_before > one.start_before:
            shown.append(f"[-{_cut(before[one.start_before : one.end_before])}-]")
        if one.end_after > one.start_after:
            shown.append(f"{{+{_cut(after[one.start_after : one.end_after])}+}}")
        at = one.end_before
    rest = before[at:]
    shown.append(rest if len(rest) <= _AROUND else f"{rest[:_AROUND]}…")
    return _cut("".join(shown).replace("\n", " "))


def _outcome(update: ItemUpdate) -> ItemOutcome:
    if update.action is ChangeAction.DELETED:
        return ItemOutcome.DELETED
    if update.action is ChangeAction.CREATED:
        return ItemOutcome.RESTORED if update.restored else ItemOutcome.CREATED
    if update.revised:
        return ItemOutcome.CHANGED
    return ItemOutcome.MOVED if update.moved else ItemOutcome.KEPT


def _item(update: ItemUpdate) -> dict[str, Any]:
    text, before = update.text or "", update.text_before or ""
    is_changed = update.text is not None and update.text_before is not None and text != before
    return {
        "noun": update.noun,
        "id": update.id,
        "outcome": _outcome(update),
        "revision": update.revision,
        "moved": update.moved,
        "position": update.position,
        "position_before": update.position_before,
        "text": update.text,
        "text_before": update.text_before if is_changed or update.text is None else None,
        "differences": [asdict(one) for one in differences(before, text)] if is_changed else [],
        "replaced_by": list(update.replaced_by),
    }


def _line(item: dict[str, Any]) -> str:
    place = item["position"] or item["position_before"]
    what = f"question {place}" if item["noun"] == "question" else f"answer to question {place}"
    line = f"{item['outcome']} {what} ({item['id']})"
    if item["moved"]:
        line += f", moved from question {item['position_before']}"
    if item["replaced_by"]:
        line += f", its words are in {', '.join(item['replaced_by'])}"
    if item["differences"]:
        return f"{line}: {short_difference(item['text_before'], item['text'])}"
    if item["outcome"] is ItemOutcome.CHANGED:
        return f"{line}: the same words by another speaker, or with other answers or another question"
    text = (item["text"] or item["text_before"] or "").replace("\n", " ")
    return f"{line}: {_cut(text, 80)}"


def _elided(text: str, *, is_first: bool) -> str:
    """Leave out the middle of a text between two differences."""
    if is_first:
        return text if len(text) <= _AROUND else f"…{text[-_AROUND:]}"
    return text if len(text) <= 2 * _AROUND else f"{text[:_AROUND]}…{text[-_AROUND:]}"


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
