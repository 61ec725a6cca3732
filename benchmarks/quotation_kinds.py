"""Kinds of quotations for the benchmark of verdicts: marks that carry an alteration, what is nearly said, and articles
that name the speaker in the ways of newspapers.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence

NEGATION = re.compile(r"(?i)^(?:not|never|only|hardly|unless|except)$")
# Words that an honest omission may not hide.
HIDDEN = re.compile(
    r"(?i)n['’]t\b|\b(?:not?|never|nor|none|nobody|nothing|only|unless|except|if|without|cannot|almost)\b"
)
_SENTENCE_END = re.compile(r"[.!?…]")
_MODALS = {"must": "may", "should": "could", "will": "might", "can": "must", "would": "should", "may": "must"}
_NUMBERS = {"two": "seven", "three": "nine", "four": "six", "five": "eleven", "ten": "twelve", "hundred": "thousand"}
_DIGITS = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "ten": "10", "twenty": "20"}
_FILLERS = ("um", "uh", "er", "um,", "uh,")

Change = Callable[[random.Random, list[str]], list[str] | None]


def _ellipsis_hides_negation(source: random.Random, parts: list[str]) -> list[str] | None:
    places = [
        place
        for place in range(3, len(parts) - 3)
        if NEGATION.match(parts[place]) and not any(map(_SENTENCE_END.search, parts[place - 1 : place + 2]))
    ]
    if not places:
        return None
    place = source.choice(places)
    return [*parts[:place], source.choice(["…", "...", "[…]"]), *parts[place + 1 :]]


def _bracket_swaps(table: dict[str, str]) -> Change:
    def change(source: random.Random, parts: list[str]) -> list[str] | None:
        places = [place for place in range(3, len(parts) - 3) if parts[place].lower() in table]
        if not places:
            return None
        place = source.choice(places)
        return [*parts[:place], f"[{table[parts[place].lower()]}]", *parts[place + 1 :]]

    return change


def _slips(source: random.Random, parts: list[str]) -> list[str] | None:
    """Swap two letters in every fifth word that has four or more."""
    changed = list(parts)
    for place in range(source.randint(0, 4), len(parts), 5):
        word = parts[place]
        if re.fullmatch(r"[A-Za-z]{4,}", word):
            at = source.randint(1, len(word) - 3)
            changed[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return changed if changed != parts else None


def _in_digits(_source: random.Random, parts: list[str]) -> list[str] | None:
    return _each(parts, lambda word: _DIGITS.get(word, word))


def _american(_source: random.Random, parts: list[str]) -> list[str] | None:
    def spelled(word: str) -> str:
        word = re.sub(r"\b(col|lab|fav|neighb|behavi|hon|harb)our", r"\1or", word)
        return re.sub(r"(?<=[a-z]{3})is(ed|ing|ation)$", r"iz\1", word)

    return _each(parts, spelled)


def _without_fillers(_source: random.Random, parts: list[str]) -> list[str] | None:
    kept = [part for part in parts if part.lower() not in _FILLERS]
    return kept if len(kept) < len(parts) and len(kept) > 5 else None


def _repetition_dropped(_source: random.Random, parts: list[str]) -> list[str] | None:
    kept = [part for place, part in enumerate(parts) if not place or part.lower() != parts[place - 1].lower()]
    return kept if len(kept) < len(parts) else None


def _cut_in_the_middle(source: random.Random, parts: list[str]) -> list[str] | None:
    if len(parts) < 16:
        return None
    first = source.randint(6, len(parts) - 9)
    return [*parts[:first], *parts[first + source.randint(2, 3) :]]


def _contracted(_source: random.Random, parts: list[str]) -> list[str] | None:
    text = re.sub(r"(?i)\b(do|did|is|was|does|have|had|could|would) not\b", r"\1n't", " ".join(parts))
    text = re.sub(r"\b(it|he|she|that) is\b", r"\1's", text)
    return text.split() if text != " ".join(parts) else None


def _each(parts: Sequence[str], change: Callable[[str], str]) -> list[str] | None:
    changed = [change(part) for part in parts]
    return changed if changed != list(parts) else None


# Each makes a quotation altered, whatever marks it has.
MARKS: dict[str, Change] = {
    "ellipsis hides a negation": _ellipsis_hides_negation,
    "bracket swaps a number": _bracket_swaps(_NUMBERS),
    "bracket swaps a modal verb": _bracket_swaps(_MODALS),
}
# What is nearly said: altered, and never denied.
NEAR: dict[str, Change] = {
    "slips in every fifth word": _slips,
    "numbers in digits": _in_digits,
    "American spelling": _american,
    "fillers dropped": _without_fillers,
    "repetitions dropped": _repetition_dropped,
    "cut in the middle": _cut_in_the_middle,
    "contractions": _contracted,
}

# How an article names who says a quotation.
_ARTICLES = (
    "“{quotation},” said {name}.",
    "“{quotation},” {name} recalled.",
    "“{quotation},” promised {name}, who had come late.",
    "{name} counters: “{quotation}.”",
    "{name}: “{quotation}.”",
    "According to {name}, “{quotation}”.",
    "In {name}’s words, “{quotation}”.",
    "“{quotation}” ({name})",
    "“{quotation}.” — {name}",
    "> {quotation}\n>\n> — {name}",
    "> **{name}:** {quotation}",
    "{other} was asked first, and then {name} replied, “{quotation}.”",
    "“{quotation},” came the answer from {name}.",
    "{name} keeps a diary of those years.\n\n“{quotation},” {surname} said.",
    "{other} had a question, and {name} an answer: “We will see.” {name} added: “{quotation}.”",
    "“We shall see about that,” {other} said, while {name} said: “{quotation}.”",
)


def articles(source: random.Random, name: str, other: str, quotation: str) -> Iterator[str]:
    """Yield an article that says in one way or another that somebody said a quotation; it is the last one in it."""
    yield source.choice(_ARTICLES).format(
        name=name, other=other, surname=name.split()[-1], quotation=quotation.strip(" .,;:!?")
    )
