"""Finds labels that end in a period: `Q.`, `THE PRESIDENT.`, `Senator Boxer.`, `Mme Odile Verne.`, `ROSSI (Fiume).`"""

import re
from typing import NamedTuple

from app.transcripts.label_words import ABBREVIATIONS

_SPACE = "[ \t\u00a0\u2007\u202f\u3000]"
# The number in front of `[2.] Q. Sir, why?`.
_NUMBERED = re.compile(rf"(?:\[\d{{1,3}}\.?\]|\d{{1,3}}[.)](?={_SPACE}{{1,4}}[QA]\.)){_SPACE}{{1,4}}")
# Hearings of the US Congress print `Senator Boxer.` and `Mr. Issa.` without capitals throughout.
_TITLED = re.compile(
    r"(?P<label>(?:(?:Mr|Mrs|Ms|Dr)\.|Senator|Chairman|Chairwoman|Chair|Representative|Secretary|General|Admiral"
    r"|Ambassador|Governor|Judge|Justice|Director|Commissioner|Delegate|The)"
    r"[ \u00a0][A-Z][\w'’-]{1,30}(?:[ \u00a0]of[ \u00a0][A-Z]\w{2,20})?(?:[ \u00a0]\[[a-z]{4,12}\])?)\.(?=\s|$)"
)
# The parliaments of France, Belgium and Quebec print `Mme Odile Verne.` and `M. Jean Morel, ministre des ponts.`
_FRENCH_NAME = (
    r"[A-ZÀ-Þ][\w'’-]{0,30}(?:[ \u00a0](?:d[eu]s?|l[ae]|van|von|el|ben|[A-ZÀ-Þ][\w'’-]{0,30}\.?"
    r"|d['’][\w-]{2,30})){0,5}"
)
_FRENCH_OFFICE = (
    r"(?:vice|pr[ée]sident|ministre|secr[ée]taire|rapporteu|d[ée]put|s[ée]nat|garde|premi|haut|porte"
    r"|commissaire|membre"
    r"|questeur|doyen|maire|ambassad|direct|charg|d[ée]l[ée]gu|au nom|auteur)"
)
_FRENCH = re.compile(
    r"(?:\*\*|__)?(?P<label>(?:M\.|MM\.|Mmes?|Mlles?|Monsieur|Madame)[ \u00a0]"
    rf"(?:l[ea]s?[ \u00a0](?=(?i:{_FRENCH_OFFICE}))[\w'’-]{{3,24}}(?:[ \u00a0](?!a\b"
    rf"|est\b)[\w'’-]{{2,24}}){{0,4}}|{_FRENCH_NAME}))"
    rf"(?:[*_]{{0,3}},[ \u00a0][*_]{{0,3}}(?=(?i:{_FRENCH_OFFICE}))(?:(?!,[ \u00a0](?:a|est|était|avait|dit"
    rf"|qui)\b|n['’])[^.\n:?!]){{3,160}}"
    r"|[ \u00a0]\([^()\n]{1,60}\))?[*_]{0,5}\.[*_]{0,3}(?:[ \u00a0]?[-–—])?(?=\s|$)"
)
# The parliament of Italy prints `ROSSI (Fiume).` and `VERDI, ministro dei traghetti.`
_WITH_PARTY = re.compile(
    r"(?P<label>[^\W\d_a-zß-ÿ][^\W\d_a-zß-ÿ'’ -]{1,40}(?:[ ]\([^()\n]{1,40}\)|,[ ][^\W\d_][^.,\n:?!]{4,80}))\.(?=\s|$)"
)
_CAPITALS = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’&/\u00a0 -]){0,60}")


class PeriodLabel(NamedTuple):
    """Where a label is printed in a text, and where what belongs to it ends, its period included."""

    start: int
    end: int
    after: int


def period_label(text: str) -> PeriodLabel | None:
    """Find the label with a period that a text begins with, or None."""
    if match := _TITLED.match(text) or _FRENCH.match(text) or _WITH_PARTY.match(text):
        return PeriodLabel(*match.span("label"), match.end())
    number = _NUMBERED.match(text)
    start = number.end() if number else 0
    run = _CAPITALS.match(text, start)
    end = _period_end(text, start, run.group()) if run else None
    return None if end is None else PeriodLabel(start, end, end + 1)


def _period_end(text: str, start: int, run: str) -> int | None:
    """Return the position of the period that ends a label in capitals, past those of initials and titles."""
    at, maybe = start, None
    for word in run.split(" "):
        end = at + len(word)
        letters = word.strip(".")
        if not letters or letters != letters.upper() or letters == letters.lower():
            break
        if word.endswith(".") and text[end : end + 1] in {"", " ", "\t", "\u00a0"}:
            if letters in {"Q", "A"}:
                if at == start:
                    return end - 1
                # A heading may stand in front of the label: `ENERGY PROGRAM Q. Mr. President, ...`
                maybe = end - 1
            elif len(letters) > 1 and letters not in ABBREVIATIONS and "." not in letters:
                return end - 1
        at = end + 1
    return maybe
