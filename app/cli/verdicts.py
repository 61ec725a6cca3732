"""Verdicts on quotations, printed at a terminal."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.text import Text

from app.cli.terminal import out, say, visible
from app.quotes import FAITHFUL, DifferenceKind, Verdict
from app.quotes.quoted import Doubt, QuotedKind

_STYLES = {
    Verdict.EXACT: "green",
    Verdict.FOLDED: "green",
    Verdict.ELIDED: "green",
    Verdict.ALTERED: "bold red",
    Verdict.MISATTRIBUTED: "bold red",
    Verdict.NOT_FOUND: "bold yellow",
}
# Code points of a text that are shown at most.
_MAX_SHOWN = 100
_DIFFERENCES = {
    DifferenceKind.REPLACED: "has {quoted} for {stands}",
    DifferenceKind.LEFT_OUT: "leaves out {stands}",
    DifferenceKind.ADDED: "adds {quoted}",
    DifferenceKind.OMITTED: "omits {stands}",
    DifferenceKind.INSERTED: "inserts {quoted} for {stands}",
    DifferenceKind.MOVED: "moves {quoted}",
}
_CAUTIONS = {
    "meaning_omitted": "the omitted words change the meaning",
    "question_mark": "a question became a statement, or the reverse",
    "speaker_unknown": "the record does not say who said this",
    "speaker_unnamed": "the record does not name the speaker",
    "same_name": "another speaker of the same name said this",
    "sound_left_out": "the record notes a sound between the words",
    "listener_left_out": "a listener puts in a word between",
    "parts_apart": "the two halves of the quotation were not said together",
}
_DOUBTS = {
    Doubt.SEVERAL_NAMES: "several names stand beside it, so nobody is claimed",
    Doubt.SAME_NAME: "several people have this name, and any of them is claimed",
    Doubt.OTHER_NAME: "this is a guess, and another name stands beside it, so nobody is claimed",
    Doubt.UNNAMED: "somebody else seems to say it, so nobody is claimed",
}


def print_verdict(item: dict[str, Any], place: str) -> None:
    """Print one verdict after the place of the quotation: who said it, where, and what differs."""
    verdict = Verdict(item["verdict"])
    if not _is_quotation(item):
        out.print(Text(f"{place}{item['kind']}, no quotation: {_shown(item['text'])}"), soft_wrap=True)
        return
    line = Text.assemble(place, (verdict.value, _STYLES[verdict]), f": {_shown(item['text'])}")
    attribution = item.get("attribution")
    if attribution:
        speakers = ", ".join(attribution["speakers"]) or "nobody in the record"
        doubt = f"; {_DOUBTS[attribution['doubt']]}" if attribution["doubt"] else ""
        line.append(f" (attributed to {_shown(attribution['name'], quote=False)}: {speakers}{doubt})")
    out.print(line, soft_wrap=True)
    say(visible(f"    {item['explanation']}"))
    for match in item["matches"][:1]:
        _print_match(match)
    if item["nearest"] is not None:
        near = item["nearest"]
        say(visible(f"    not the same: {_shown(near['text'])}, {near['citation']['permalink']}"))
    more = len(item["matches"]) - 1
    if more > 0:
        out.print(Text(f"    and in {'' if item['is_complete'] else 'at least '}{more} more places"))


def _print_match(match: dict[str, Any]) -> None:
    speaker = match["speaker"] or {"name": None, "slug": "an unknown speaker"}
    who = speaker["name"] or speaker["slug"]
    interview = match["interview"]
    titled = f"“{interview['title']}” ({interview['published'] or 'undated'})"
    say(visible(f"    said by {who} in {titled}, {interview['slug']}, {match['citation']['permalink']}"))
    for one in match["differences"]:
        kind = DifferenceKind(one["kind"])
        if kind is DifferenceKind.TYPOGRAPHY:
            continue
        difference = _DIFFERENCES[kind].format(quoted=_shown(one["quoted"]), stands=_shown(one["stands"]))
        meanings = ", ".join(sorted({telling["meaning"] for telling in one["telling"]}))
        say(f"    {difference} [{meanings}]" if meanings else f"    {difference}")
    for caution in match["cautions"]:
        out.print(Text(f"    caution: {_CAUTIONS[caution]}", style="yellow"), soft_wrap=True)


def print_totals(items: Sequence[dict[str, Any]]) -> None:
    """Print how many quotations have each verdict."""
    quotations = [item for item in items if _is_quotation(item)]
    counts = Counter(item["verdict"] for item in quotations)
    counted = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])
    others = len(items) - len(quotations)
    more = f"; {others} titles or terms, which are not counted" if others else ""
    say(f"{len(quotations)} quotations: {counted}{more}" if counted else f"no quotations{more}")


def are_faithful(items: Sequence[dict[str, Any]]) -> bool:
    """Return whether every quotation was said in these words, and by the person it is attributed to."""
    return all(item["verdict"] in FAITHFUL for item in items if _is_quotation(item))


def _is_quotation(item: dict[str, Any]) -> bool:
    return QuotedKind(item.get("kind", QuotedKind.QUOTATION)) is QuotedKind.QUOTATION


def _shown(text: str, *, quote: bool = True) -> str:
    short = " ".join(visible(text).split())
    short = f"{short[:_MAX_SHOWN]}…" if len(short) > _MAX_SHOWN else short
    return f"“{short}”" if quote else short
