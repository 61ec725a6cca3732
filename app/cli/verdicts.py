"""Verdicts on quotations, for a person at a terminal."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from app.cli.terminal import visible
from app.quotes import FAITHFUL, DifferenceKind, Verdict

_STYLES = {
    Verdict.EXACT: "green",
    Verdict.FOLDED: "green",
    Verdict.ELIDED: "green",
    Verdict.ALTERED: "bold red",
    Verdict.MISATTRIBUTED: "bold red",
    Verdict.NOT_FOUND: "bold yellow",
}
_MAX_SHOWN = 100
_WORDS = {
    DifferenceKind.REPLACED: "has {quoted} for {stands}",
    DifferenceKind.LEFT_OUT: "leaves out {stands}",
    DifferenceKind.ADDED: "adds {quoted}",
    DifferenceKind.OMITTED: "omits {stands}",
    DifferenceKind.INSERTED: "inserts {quoted} for {stands}",
    DifferenceKind.MOVED: "moves {quoted}",
}
_CAUTIONS = {
    "meaning_omitted": "what it omits has words that change the meaning",
    "question_mark": "a question became a statement, or the reverse",
    "speaker_unknown": "the record does not say who says this",
    "speaker_unnamed": "the record does not name who says this",
    "same_name": "another speaker of the same name says this",
}


def print_verdict(console: Console, item: dict[str, Any], place: str) -> None:
    """Print one verdict: where, what, who says it and what differs."""
    verdict = Verdict(item["verdict"])
    line = Text.assemble(place, (verdict.value, _STYLES[verdict]), f": {_shown(item['text'])}")
    attribution = item.get("attribution")
    if attribution:
        known = ", ".join(attribution["speakers"]) or "nobody in the record"
        line.append(f" (attributed to {_shown(attribution['name'], quote=False)}: {known})")
    console.print(line, soft_wrap=True)
    for match in item["matches"][:1]:
        _print_match(console, match)
    more = len(item["matches"]) - 1
    if more > 0:
        console.print(Text(f"    and in {more} more places{'' if item['is_complete'] else ', or others'}"))


def _print_match(console: Console, match: dict[str, Any]) -> None:
    speaker = match["speaker"] or {"name": None, "slug": "nobody whom the record tells"}
    who = speaker["name"] or speaker["slug"]
    said = f"    said by {who} in {match['interview']['slug']}, {match['citation']['permalink']}"
    console.print(Text(visible(said)), soft_wrap=True)
    for one in match["differences"]:
        kind = DifferenceKind(one["kind"])
        if kind is DifferenceKind.TYPOGRAPHY:
            continue
        told = _WORDS[kind].format(quoted=_shown(one["quoted"]), stands=_shown(one["stands"]))
        meanings = ", ".join(sorted({telling["meaning"] for telling in one["telling"]}))
        console.print(Text(f"    {told} [{meanings}]" if meanings else f"    {told}"), soft_wrap=True)
    for caution in match["cautions"]:
        console.print(Text(f"    caution: {_CAUTIONS[caution]}", style="yellow"), soft_wrap=True)


def print_totals(console: Console, items: Sequence[dict[str, Any]]) -> None:
    """Print how many quotations have which verdict."""
    counts = Counter(item["verdict"] for item in items)
    counted = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])
    console.print(Text(f"{len(items)} quotations: {counted}" if counted else "no quotations"))


def are_faithful(items: Sequence[dict[str, Any]]) -> bool:
    """Whether every quotation was said, by whom it is attributed to, and in these words."""
    return all(item["verdict"] in FAITHFUL for item in items)


def _shown(text: str, *, quote: bool = True) -> str:
    short = " ".join(visible(text).split())
    short = f"{short[:_MAX_SHOWN]}…" if len(short) > _MAX_SHOWN else short
    return f"“{short}”" if quote else short
