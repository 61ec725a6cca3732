"""What loading a file would change in the database, printed at a terminal."""

from typing import Any

from rich.markup import escape

from app.cli.reports import print_replaced, print_statements
from app.cli.terminal import out, say
from app.loading import ImportPlan, ItemOutcome, Outcome, correction_of
from app.text.differences import differences

# Code points of the text shown on each side of a difference, to show where it is.
_AROUND = 24
# Code points of one line or difference at most.
_LONGEST = 400


_SIGNS = {
    ItemOutcome.CREATED: "[green]+[/]",
    ItemOutcome.RESTORED: "[green]+[/]",
    ItemOutcome.CHANGED: "[yellow]~[/]",
    ItemOutcome.MOVED: "[cyan]>[/]",
    ItemOutcome.DELETED: "[red]-[/]",
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
