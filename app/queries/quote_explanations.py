"""Says in a sentence what a verdict on a quotation means: what differs, and who said it, where and when."""

from collections.abc import Sequence

from app.queries.embedding import Item
from app.quotes import Caution, DifferenceKind, Likeness, Verdict

# Differences and code points of one that a sentence names at most.
_MAX_NAMED = 4
_MAX_SHOWN = 80
_DIFFERENCES = {
    DifferenceKind.REPLACED: "has {quoted} for {stands}",
    DifferenceKind.LEFT_OUT: "leaves out {stands}",
    DifferenceKind.ADDED: "adds {quoted}",
    DifferenceKind.OMITTED: "omits {stands} at an ellipsis",
    DifferenceKind.INSERTED: "puts {quoted} in brackets for {stands}",
    DifferenceKind.MOVED: "moves {quoted}",
}
_LIKENESSES = {
    Likeness.NUMBER: "the same number",
    Likeness.SPELLING: "another spelling",
    Likeness.ABBREVIATION: "an abbreviation",
    Likeness.CONTRACTION: "a contraction",
    Likeness.ACCENT: "other accents",
    Likeness.HYPHEN: "written apart or together",
    Likeness.FILLER: "a filler",
    Likeness.REPETITION: "a repetition",
    Likeness.SOUND: "a sound",
    Likeness.SLIP: "a slip of a letter or two",
}
_CAUTIONS = {
    Caution.MEANING_OMITTED: "the omitted words may change the meaning",
    Caution.QUESTION_MARK: "a question became a statement, or the reverse",
    Caution.SPEAKER_UNKNOWN: "the record does not say who said it",
    Caution.SPEAKER_UNNAMED: "the record does not name the speaker",
    Caution.SAME_NAME: "the speaker is another one of the same name",
    Caution.SOUND_LEFT_OUT: "the record notes a sound between the words",
    Caution.LISTENER_LEFT_OUT: "a listener puts in a word between",
}
_MARKED = frozenset({DifferenceKind.OMITTED, DifferenceKind.INSERTED})


def explain(
    verdict: Verdict, matches: Sequence[Item], nearest: Item | None, superseded: Item | None, claimed: Sequence[str]
) -> str:
    """Return a sentence or two on a verdict. `claimed` are the names of the speakers whom it is attributed to."""
    sentence = _of_matches(verdict, matches, claimed) if matches else _not_found(nearest)
    if superseded is None:
        return sentence
    return f"{sentence} It stood so in revision {superseded['revision']} of the record, which was corrected since."


def _of_matches(verdict: Verdict, matches: Sequence[Item], claimed: Sequence[str]) -> str:
    match = matches[0]
    who, where = _who(match["speaker"]), _where(match)
    if verdict is Verdict.MISATTRIBUTED:
        words = "in these words" if match["verdict"] is not Verdict.ELIDED else "but for what it omits or inserts"
        return _sentence(f"Not {_either(claimed)} but {who} says this in {where}, {words}", match)
    if verdict is Verdict.EXACT:
        return _sentence(f"{who} says this in {where}, character for character", match)
    if verdict is Verdict.FOLDED:
        return _sentence(f"{who} says this in {where}, in the same words; only how they are written differs", match)
    differing = [one for one in match["differences"] if one["kind"] is not DifferenceKind.TYPOGRAPHY]
    if verdict is Verdict.ELIDED:
        marked = [one for one in differing if one["kind"] in _MARKED]
        sentence = f", and the quotation marks that it {_named(marked)}" if marked else ""
        return _sentence(f"{who} says this in {where}{sentence}", match)
    if claimed and match["as_claimed"] is False:
        who = f"Not {_either(claimed)} but {who}"
    if differing and not all(one["likeness"] for one in differing):
        return _sentence(f"{who} says something close to this in {where}, but the quotation {_named(differing)}", match)
    sentence = f": the quotation {_named(differing)}" if differing else ""
    return _sentence(f"{who} says this in {where} in nearly the same words{sentence}", match)


def _not_found(nearest: Item | None) -> str:
    sentence = "No passage of the record that was looked into says this, or nearly this."
    if nearest is None:
        return sentence
    return (
        f"{sentence} The nearest is by {_who(nearest['speaker'])} in {_where(nearest)}, and is not the same: "
        f"it shares {nearest['words_in_common']} of the longer words of the quotation."
    )


def _sentence(text: str, match: Item) -> str:
    cautions = [_CAUTIONS[one] for one in match["cautions"] if one in _CAUTIONS]
    return f"{text[0].upper()}{text[1:]}{''.join(f'; {caution}' for caution in cautions)}."


def _named(differences: Sequence[Item]) -> str:
    parts = []
    for one in differences[:_MAX_NAMED]:
        pattern = _DIFFERENCES[one["kind"]]
        if not one["stands"]:
            pattern = pattern.removesuffix(" for {stands}")
        text = pattern.format(quoted=_shown(one["quoted"]), stands=_shown(one["stands"]))
        meanings = sorted({telling["meaning"].value for telling in one["telling"]})
        if one["likeness"] is not None:
            text += f" ({_LIKENESSES[one['likeness']]})"
        elif meanings:
            text += f" ({', '.join(meanings)})"
        parts.append(text)
    more = len(differences) - _MAX_NAMED
    if more > 0:
        parts.append(f"differs {more} times more")
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _who(speaker: Item | None) -> str:
    if speaker is None:
        return "somebody whom the record does not name"
    return str(speaker["name"] or speaker["display_name"])


def _where(place: Item) -> str:
    interview = place["interview"]
    dated = f" ({interview['published']})" if interview["published"] else ""
    starts = place["places"][0]["start_ms"] if place["places"] else None
    timed = "" if starts is None else f", {starts // 3_600_000}:{starts // 60_000 % 60:02}:{starts // 1000 % 60:02}"
    return f"“{interview['title']}”{dated}{timed}"


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)


def _shown(text: str) -> str:
    short = " ".join(text.split())
    return f"“{short[:_MAX_SHOWN]}…”" if len(short) > _MAX_SHOWN else f"“{short}”"
