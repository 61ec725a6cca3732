"""Finds whom an article names as the speaker of each quotation: by grammar first, and nobody where it is not sure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.quotes.names_in_prose import (
    ACCORDING,
    AFTER,
    AFTER_ANY_VERB,
    ANY_NAME,
    BEFORE,
    BEFORE_ANY_VERB,
    BETWEEN_COMMAS,
    FROM,
    GOVERNED,
    HAS_WRITTEN,
    IN_BRACKETS,
    IN_WORDS_OF,
    LABEL,
    NAME,
    NAME_ALONE,
    OF_SOMEBODY,
    OPENERS,
    PRONOUN,
    QUOTES,
    SAID,
    SENTENCE_END,
    SIGNED,
    TITLE,
    TITLES,
    TO_SOMEBODY,
    UNSPACED,
    UNSPACED_PRONOUNS,
    VERB,
    VERB_AT_END,
    VERB_THEN_NAME,
    WHO,
)
from app.quotes.quoted import ClaimedSpeaker, Doubt, Quoted, QuotedKind
from app.quotes.quoted_kinds import ENDS_SENTENCE, PARAGRAPH, kind_of, sentence_after

# Code points before a quotation in which somebody who is not named beside it is looked for: about a page.
_FURTHEST = 5_000
# Code points before and after a quotation in which its speaker is looked for: about two sentences.
_ATTRIBUTION_REACH = 240
# Words of an attribution between two halves of a quotation, at most.
_MAX_WORDS_BETWEEN = 15
_ENDS_STATEMENT = re.compile(r"[.。][\s”\"’»)\]*_]*\Z")
_ASKS = re.compile(r"[?!,，？！][\s”\"’»)\]*_]*\Z")
_INTRODUCES = re.compile(r"[:,：，]\s*\Z")
_POSSESSIVE = re.compile(r"[’']s?\Z")
_LABELLED = re.compile(rf"(?i:{TITLE})(?P<name>{NAME})\s*\Z")
# Words between a name and its verb, in what is no plain order of both.
_LIGHT = (
    r"(?:is|was|are|has|had|would|could|might|will|can|may|did|does|do|the|one|who|to|be|heard|as|like[sd]|used|kept|"
    r"began|by|later|often|always|once|then|also|\w+ly)"
)
# What begins a line with the name of its speaker.
_LABELS = (LABEL, TO_SOMEBODY, HAS_WRITTEN)
# Somebody else says it meanwhile: `Doe listened while the mayor said`.
_MEANWHILE = re.compile(rf"\b(?:while|when|as|until|because)\s+(?:\w+\s+){{1,4}}{VERB}\b")
_EMPHASIS = re.compile(r"[*_]")


def attribute(prose: str, quotations: Sequence[Quoted], is_known: Callable[[str], bool]) -> list[Quoted]:
    """Add to each quotation the speaker whom the words beside it name, and what kind of words it is."""
    found: list[Quoted] = []
    taken = 0
    # The last quotation before whose speaker is claimed.
    last: Quoted | None = None
    outside = _outside(prose, quotations)
    for number, one in enumerate(quotations):
        following = quotations[number + 1] if number + 1 < len(quotations) else None
        previous = quotations[number - 1].end + 1 if number else 0
        before = _EMPHASIS.sub(" ", _before(prose, max(previous, taken), one))
        after = _EMPHASIS.sub(" ", _after(prose, one, following))
        around = f"{before} {sentence_after(after)}"
        one = replace(one, around=around)
        if one.attribution is None:
            named, reached = _named(one.text, before, after)
            if named:
                one = replace(one, attribution=ClaimedSpeaker(named))
                taken = one.end + 1 + reached
            else:
                clause = before if _ENDS_STATEMENT.search(one.text) else around
                is_next = last is not None and last is found[-1]
                claimed = _inferred(
                    outside, last, one, clause, is_next=is_next, is_a_pronoun=named == "", is_known=is_known
                )
                one = replace(one, attribution=claimed)
                if named is None and claimed is None:
                    one = _of_paragraph(outside, previous, one, is_known)
        found.append(replace(one, kind=kind_of(one, before, after)))
        last = found[-1] if one.attribution else last
    return found


def _outside(prose: str, quotations: Sequence[Quoted]) -> str:
    """Return the prose with all quotations blanked out."""
    parts: list[str] = []
    reached = 0
    for one in quotations:
        parts += prose[reached : one.start], re.sub(r"[^\n]", " ", prose[max(one.start, reached) : one.end])
        reached = max(reached, one.end)
    return "".join([*parts, prose[reached:]])


def _before(prose: str, start: int, one: Quoted) -> str:
    """Return the words of the sentence before a quotation, which a colon may introduce from the paragraph before."""
    before = prose[max(start, one.start - _ATTRIBUTION_REACH, 0) : max(one.start - 1, 0)]
    earlier, _blank, text = before.rpartition(PARAGRAPH)
    if not text.strip(" \t>*_\n") and _INTRODUCES.search(earlier):
        text = earlier.rpartition(PARAGRAPH)[2]
    ends = [found.end() for found in SENTENCE_END.finditer(text)]
    return text[ends[-1] :] if ends else text


def _after(prose: str, one: Quoted, following: Quoted | None) -> str:
    """Return the words after a quotation that may name its speaker: none where they introduce the next quotation."""
    until = len(prose) if following is None else following.start - 1
    text = prose[one.end + 1 : min(until, one.end + 1 + _ATTRIBUTION_REACH)].partition(PARAGRAPH)[0]
    if following is not None and one.end + 1 + len(text) == until and not SENTENCE_END.search(text):
        is_introduction = text.rstrip().endswith((":", "：")) or _ENDS_STATEMENT.search(one.text)
        if ENDS_SENTENCE.search(one.text) and is_introduction and _INTRODUCES.search(text):
            return ""
    return text


def _named(quoted: str, before: str, after: str) -> tuple[str | None, int]:
    """Return the speaker's name in the words beside a quotation, and how far of those after it that reaches.

    The name is "" for a pronoun, and None if there is none.
    """
    introduced = _ENDS_STATEMENT.search(quoted) is not None and _INTRODUCES.search(before) is not None
    for is_after in (False, True) if introduced else (True, False):
        if is_after:
            named, reached = _named_after(quoted, after)
        else:
            named, reached = _named_before(before), 0
        if named is not None:
            return named, reached
    for text in (before, sentence_after(after)):
        for pattern in (ACCORDING, IN_WORDS_OF):
            if (found := pattern.search(text)) is not None:
                return _plain_name(found["name"]), 0
    alone = NAME_ALONE.search(before) if VERB_AT_END.match(after) else None
    if alone is not None:
        return _plain_name(alone["name"]), 0
    unspaced = UNSPACED.search(before)
    if unspaced is None:
        return None, 0
    return ("" if unspaced["name"] in UNSPACED_PRONOUNS else unspaced["name"]), 0


def _named_after(quoted: str, after: str) -> tuple[str | None, int]:
    goes_on = _ASKS.search(quoted) is not None or after.lstrip().startswith((",", "—", "–"))
    for pattern in (AFTER, AFTER_ANY_VERB, FROM) if goes_on else (AFTER, FROM):
        found = pattern.match(after)
        if found is not None:
            name = found["after"] or found["before"] or ""
            if pattern is FROM or not _is_of_another(name, after[found.end() :] if found["after"] else ""):
                return _plain_name(name), found.end()
    for pattern in (IN_BRACKETS, SIGNED):
        found = pattern.match(after)
        if found is not None:
            return _plain_name(found["name"]), found.end()
    return None, 0


def _named_before(before: str) -> str | None:
    for pattern in (
        LABEL,
        TO_SOMEBODY,
        HAS_WRITTEN,
        WHO,
        BETWEEN_COMMAS,
        QUOTES,
        BEFORE,
        BEFORE_ANY_VERB,
        VERB_THEN_NAME,
    ):
        found = _last(pattern, before)
        if found is None:
            continue
        name = found["name"] or ""
        if pattern not in _LABELS and name:
            of_another = GOVERNED.search(before, 0, found.start("name"))
            if of_another or _MEANWHILE.search(before, found.end("name")):
                continue
        if not name or _plain_name(name).lower() not in OPENERS:
            return _plain_name(name)
    return None


def _is_of_another(name: str, following: str) -> bool:
    """Whether a name only says whose somebody is: `said Doe’s daughter`."""
    return _POSSESSIVE.search(name) is not None and " of " not in name and re.match(r"\s+[a-z]", following) is not None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the last match of a pattern that reaches the end of a text: the nearest name."""
    found = following = pattern.search(text)
    while following is not None:
        found = following
        reached = found.end("name") if found["name"] else found.start() + 1
        following = pattern.search(text, reached)
    return found


def _inferred(
    outside: str,
    last: Quoted | None,
    one: Quoted,
    clause: str,
    *,
    is_next: bool,
    is_a_pronoun: bool,
    is_known: Callable[[str], bool],
) -> ClaimedSpeaker | None:
    """Return who seems to say a quotation beside which nobody is said to; `clause` are the words that go with it.

    `last` is the last quotation before whose speaker is claimed, and `is_next` whether this one follows it directly.
    """
    names = _known_names(one.around, is_known)
    if names and not is_a_pronoun:
        if len(names) > 1:
            return ClaimedSpeaker(", ".join(names), is_inferred=True, doubt=Doubt.SEVERAL_NAMES)
        somebody = OF_SOMEBODY.search(clause) and not _says_in_other_words(names[0], clause)
        return ClaimedSpeaker(names[0], is_inferred=True, doubt=Doubt.UNNAMED if somebody else None)
    if last is not None and last.attribution is not None:
        if one.start - last.end > _FURTHEST:
            return None
        between = outside[last.end : one.start]
        passed = _known_names(_after_attribution(between, last.attribution.name), is_known)
        others = [name for name in passed if not _is_same(name, last.attribution.name)]
        follows = is_next and PARAGRAPH not in between
        if not others and last.attribution.doubt is None and (is_a_pronoun or follows):
            return ClaimedSpeaker(last.attribution.name, is_inferred=True)
        if others and is_a_pronoun:
            names = [last.attribution.name, *others]
            return ClaimedSpeaker(", ".join(names), is_inferred=True, doubt=Doubt.SEVERAL_NAMES)
    elif is_a_pronoun:
        # Who is named after the pronoun is spoken to: `they told Doe`.
        pronoun = re.search(PRONOUN, one.around)
        spoken_to = pronoun is not None and _known_names(one.around[pronoun.end() :], is_known)
        names = _known_names(outside[max(0, one.start - _FURTHEST) : one.start], is_known)
        if names:
            doubt = Doubt.SEVERAL_NAMES if len(names) > 1 else Doubt.UNNAMED if spoken_to else None
            return ClaimedSpeaker(", ".join(names), is_inferred=True, doubt=doubt)
    return None


def _says_in_other_words(name: str, around: str) -> bool:
    """Whether a sentence has a name as the one who says something, if not in the usual order: `is what Doe said`."""
    says = (
        rf"{re.escape(name)}\s+(?!(?:was|is)\s+told)(?:{_LIGHT}\s+){{0,6}}?(?:{VERB}|say|saying|calls?|called|quoted)\b"
    )
    is_another = re.search(rf"\b(?:of|for|to|from)\s+{re.escape(name)}", around)
    return is_another is None and re.search(says, around) is not None


def _of_paragraph(outside: str, previous: int, one: Quoted, is_known: Callable[[str], bool]) -> Quoted:
    """Claim the only person in the paragraph before its first quotation: `Jane smiled. “Yes.”`"""
    before = outside[max(0, one.start - _ATTRIBUTION_REACH) : max(one.start - 1, 0)].rpartition(PARAGRAPH)[2]
    names = _known_names(before, is_known)
    if len(names) != 1 or one.start - 1 - len(before) < previous:
        return one
    around = f"{before} {one.around}"
    return replace(one, attribution=ClaimedSpeaker(names[0], is_inferred=True), around=around)


def _after_attribution(between: str, name: str) -> str:
    """Leave out the sentence that names the speaker of the quotation before, and those who are spoken to."""
    end = SENTENCE_END.search(between)
    return between[end.end() :] if end is not None and name in between[: end.end()] else between


def _is_same(one: str, other: str) -> bool:
    """Whether two names may be of one person: they share the last word."""
    return one.split()[-1:] == other.split()[-1:]


def _known_names(text: str, is_known: Callable[[str], bool]) -> list[str]:
    names: list[str] = []
    for found in ANY_NAME.finditer(text):
        name = _plain_name(found.group())
        if is_known(name) and not any(_is_same(name, each) for each in names):
            names.append(name)
    return names


def _plain_name(name: str) -> str:
    """Return a name without what stands before it, such as a title, and without the end of a possessive."""
    words = _POSSESSIVE.sub("", name).split()
    while len(words) > 1 and words[0].lower().rstrip(".") in TITLES | OPENERS:
        del words[0]
    return " ".join(words)


def named_by(text: str) -> ClaimedSpeaker | None:
    """Return whom a label or a line of source names."""
    name = _LABELLED.match(text.strip(" *_—–-\n"))
    if name is not None:
        return ClaimedSpeaker(_plain_name(name["name"]))
    first = ANY_NAME.match(text.strip(" *_—–-\n"))
    return None if first is None else ClaimedSpeaker(_plain_name(first.group()))


def signed_by(text: str) -> ClaimedSpeaker | None:
    """Return whom a signature after a dash names."""
    signed = SIGNED.match(text)
    return None if signed is None else ClaimedSpeaker(_plain_name(signed["name"]))


def is_name_of_somebody(label: str) -> bool:
    """Whether a label is a whole name of at least two words, or a title and a name."""
    return _LABELLED.match(label.strip()) is not None and len(label.split()) > 1


def join_interrupted(prose: str, quotations: Sequence[Quoted]) -> list[Quoted]:
    """Join quotations that only an attribution separates."""
    found: list[Quoted] = []
    for one in quotations:
        before = found[-1] if found else None
        if before is not None and _is_interruption(prose, before, one):
            attribution = before.attribution or one.attribution
            parts = (*(before.parts or (before,)), replace(one, attribution=attribution))
            found[-1] = replace(
                before,
                text=f"{before.text} {one.text}",
                end=one.end,
                attribution=attribution,
                parts=parts,
                kind=QuotedKind.QUOTATION,
                around=f"{before.around} {one.around}",
            )
        else:
            found.append(one)
    return found


def _is_interruption(prose: str, before: Quoted, after: Quoted) -> bool:
    between = prose[before.end + 1 : after.start - 1]
    if ENDS_SENTENCE.search(before.text) or len(between.split()) > _MAX_WORDS_BETWEEN or PARAGRAPH in between:
        return False
    if not SAID.search(between) or _names_two(between):
        return False
    return between.rstrip().endswith((",", "—", "–", "-", "，", ":")) and not SENTENCE_END.search(between)


def _names_two(between: str) -> bool:
    """Whether two people speak between two quotations: then the second one is not the first one's words."""
    return sum(1 for _found in _speakers_in(between)) > 1


def _speakers_in(text: str) -> Iterator[re.Match[str]]:
    return (found for found in ANY_NAME.finditer(text) if len(found.group().split()) > 1)
