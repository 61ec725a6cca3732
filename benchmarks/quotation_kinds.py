"""Kinds of quotations for the benchmark of verdicts: marks that carry an alteration, what is nearly said, and articles
that name the speaker in the ways of newspapers.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from benchmarks.article_forms import ENGLISH, NOT_SAID_BY, OTHER_LANGUAGES

NEGATION = re.compile(r"(?i)^(?:not|never|only|hardly|unless|except)$")
# Words that an honest omission may not hide.
HIDDEN = re.compile(
    r"(?i)n['’]t\b|\b(?:not?|never|nor|none|nobody|nothing|only|unless|except|if|without|cannot|almost)\b"
)
_SENTENCE_END = re.compile(r"[.!?…]")
_MODALS = {"must": "may", "should": "could", "will": "might", "can": "must", "would": "should", "may": "must"}
_NUMBERS = {"two": "seven", "three": "nine", "four": "six", "five": "eleven", "ten": "twelve", "hundred": "thousand"}
_QUANTITIES = {"all": "some", "some": "all", "many": "few", "most": "few", "every": "some", "few": "many"}
_UNITS = {
    "years": "months",
    "days": "weeks",
    "minutes": "hours",
    "months": "years",
    "dollars": "euros",
    "weeks": "days",
}
_OPPOSITES = {"good": "bad", "more": "less", "always": "never", "big": "small", "first": "last", "before": "after"}
_OPPOSITES |= {"new": "old", "better": "worse", "easy": "hard", "right": "wrong", "high": "low", "best": "worst"}
_PREFIXES = {"possible": "im", "able": "un", "like": "dis", "agree": "dis", "important": "un", "happy": "un"}
_NAMES = ("Morgan", "Quentin", "Brisbane", "Halvorsen")
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


def _bracket_swaps_name(source: random.Random, parts: list[str]) -> list[str] | None:
    places = [
        place
        for place in range(3, len(parts) - 3)
        if re.fullmatch(r"[A-Z][a-z]{3,}", parts[place]) and re.fullmatch(r"[a-z]+", parts[place - 1])
    ]
    if not places:
        return None
    place = source.choice(places)
    return [*parts[:place], f"[{source.choice(_NAMES)}]", *parts[place + 1 :]]


def _bracket_negates(source: random.Random, parts: list[str]) -> list[str] | None:
    places = [place for place in range(3, len(parts) - 3) if parts[place].lower() in _PREFIXES]
    if not places:
        return None
    place = source.choice(places)
    return [*parts[:place], f"[{_PREFIXES[parts[place].lower()]}]{parts[place]}", *parts[place + 1 :]]


def _halves_skip_words(source: random.Random, parts: list[str]) -> list[str] | None:
    """Leave out a word that turns a sentence round, without a mark."""
    places = [place for place in range(4, len(parts) - 4) if NEGATION.match(parts[place])]
    if not places:
        return None
    place = source.choice(places)
    return [*parts[:place], *parts[place + 1 :]]


# Each makes a quotation altered, whatever marks it has.
MARKS: dict[str, Change] = {
    "ellipsis hides a negation": _ellipsis_hides_negation,
    "bracket swaps a number": _bracket_swaps(_NUMBERS),
    "bracket swaps a modal verb": _bracket_swaps(_MODALS),
    "bracket swaps a quantity": _bracket_swaps(_QUANTITIES),
    "bracket swaps a unit": _bracket_swaps(_UNITS),
    "bracket swaps an opposite": _bracket_swaps(_OPPOSITES),
    "bracket swaps a name": _bracket_swaps_name,
    "bracket negates a word": _bracket_negates,
    "negation dropped unmarked": _halves_skip_words,
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

# In a sentence of each language, words that turn it round or say when it holds: none may be hidden.
_TURNED = {
    "en": ("We would {} sell the house to a stranger from the city.", "not never only hardly rarely scarcely almost"),
    "fr": ("La commune a {} payé la porte du moulin cette année.", "jamais rarement presque seulement"),
    "es": ("El pueblo {} pagó la puerta del molino este año.", "no nunca jamás casi apenas solo tampoco"),
    "pt": ("A aldeia {} pagou a porta do moinho neste ano.", "não nunca quase apenas só jamais somente"),
    "it": ("Il paese {} ha pagato la porta del mulino quest’anno.", "non mai quasi solo soltanto appena nemmeno"),
    "de": ("Die Gemeinde hat {} für das Tor bezahlt in diesem Jahr.", "nicht nie niemals kaum fast nur keineswegs"),
    "nl": ("De gemeente heeft {} voor de poort betaald dit jaar.", "niet nooit nauwelijks bijna slechts zelden"),
    "sv": ("Byn har {} betalat för porten i år.", "inte aldrig knappt nästan bara endast sällan"),
    "da": ("Byen har {} betalt for porten i år.", "ikke aldrig næppe næsten kun sjældent"),
    "ru": ("Деревня {} заплатила за ворота в этом году.", "не едва почти только лишь якобы"),
    "uk": ("Село {} заплатило за ворота цього року.", "не майже тільки лише ледве"),
    "pl": ("Wieś {} zapłaciła za bramę w tym roku.", "nie prawie tylko ledwo rzekomo"),
    "cs": ("Vesnice {} zaplatila za bránu v tomto roce.", "nikdy téměř jen pouze sotva málem"),
    "tr": ("Köy kapının parasını {} ödedi bu yıl içinde.", "asla hiç yalnızca sadece neredeyse nadiren"),
    "id": ("Desa itu {} membayar gerbang pada tahun ini.", "tidak belum hanya hampir jarang"),
    "kk": ("Ауыл биыл қақпаға {} төледі деп айтты.", "ешқашан тек әрең"),
    "ar": ("القرية {} دفعت ثمن البوابة هذا العام.", "لم فقط نادرا لا"),
    "fa": ("روستا امسال {} پول دروازه را داد.", "هرگز فقط تقریبا"),
    "he": ("הכפר {} שילם על השער השנה הזאת.", "לא רק כמעט"),
    "hi": ("गाँव ने इस साल {} फाटक का दाम दिया।", "नहीं केवल सिर्फ"),
    "zh": ("村子今年{}付了大門的錢。", "沒有 從不 只 幾乎"),
    "ja": ("村は今年{}門のお金を払いました。", "ほとんど しか だけ"),
}
# What a bracket must not say, and what was said.
_SWAPPED = (
    ("It cost [ninety] thousand shillings.", "It cost forty thousand shillings."),
    ("My cousin [must] return one day.", "My cousin may return one day."),
    ("[Everyone] in the village wept that night.", "Some in the village wept that night."),
    ("[Many] people came to the gate.", "Three people came to the gate."),
    ("It was [possible] to cross the river.", "It was impossible to cross the river."),
    ("It was [im]possible to cross the river.", "It was possible to cross the river."),
    ("They were [un]happy with the deed.", "They were happy with the deed."),
    ("We walked ten [kilometres] to the mill.", "We walked ten miles to the mill."),
    ("[Felix] built the gate himself that spring.", "Austin built the gate himself that spring."),
    ("We told [Felix] to build the gate.", "We told Austin to build the gate."),
    ("He was [careless] with the nets.", "He was careful with the nets."),
    ("They [agreed] to pay for the gate.", "They disagreed to pay for the gate."),
    ("It happened [after] the flood came.", "It happened before the flood came."),
    ("They [won] the case in the end.", "They lost the case in the end."),
    ("We [support] the new road here.", "We oppose the new road here."),
    ("It is [legal] to fish here.", "It is illegal to fish here."),
    ("My [father] sold the mill.", "My mother sold the mill."),
    ("He [did] burn the ropes.", "He didn't burn the ropes."),
    ("We walk[ed] to the mill every day.", "We walk to the mill every day."),
    ("He has friend[s] in the village.", "He has friend in the village."),
    ("They [re]built the gate.", "They built the gate."),
)
# What a bracket may say, or an ellipsis leave out, and what was said.
_HONEST = (
    ("[T]he parish paid for the gate.", "In the end the parish paid for the gate."),
    ("[The parish] paid for the gate.", "They paid for the gate."),
    ("[My mother] taught me to weave.", "She taught me to weave."),
    ("They told [the miller] to build the gate.", "They told him to build the gate."),
    ("He [Felix Brandreth] built the gate.", "He built the gate."),
    ("I love it [the mill] very much.", "I love it very much."),
    ("The gate [is] old and heavy.", "The gate old and heavy."),
    ("He said [that] the gate was theirs.", "He said the gate was theirs."),
    ("The parish paid … and we were proud.", "The parish paid for the gate, and we were proud."),
    ("The parish paid for it. … We were proud.", "The parish paid for it. Nobody else did. We were proud."),
    ("We were proud … of the gate we had built.", "We were proud, you know, of the gate we had built."),
)
# Two sentences read as one, with what turns one of them round between them.
_SPLICED = (
    ("The parish paid … for the deed.", "The parish paid for the gate. We never signed for the deed."),
    ("We sold the house … to our brother.", "We sold the house only on paper. We gave it back to our brother."),
    ("They came … and saved the village.", "They came too late. Nobody stood up and saved the village."),
)


class OwnTrial(NamedTuple):
    """A quotation and a passage, both written for this benchmark, and whether the quotation is altered."""

    kind: str
    quotation: str
    passage: str
    is_altered: bool


def own_trials() -> Iterator[OwnTrial]:
    """Yield quotations whose marks are honest or not, in every language that has lists of words."""
    for language, (sentence, words) in _TURNED.items():
        for word in words.split():
            for mark in ("…", "[...]", "(...)"):
                between = mark if language in {"zh", "ja"} else f" {mark} "
                quotation = sentence.replace("{}" if language in {"zh", "ja"} else " {} ", between)
                yield OwnTrial(f"hidden in {language}", quotation, sentence.format(word), True)
    yield from (OwnTrial("swapped in brackets", quotation, passage, True) for quotation, passage in _SWAPPED)
    yield from (OwnTrial("spliced", quotation, passage, True) for quotation, passage in _SPLICED)
    yield from (OwnTrial("honest", quotation, passage, False) for quotation, passage in _HONEST)


def articles(source: random.Random, name: str, other: str, quotation: str) -> Iterator[tuple[str, str]]:
    """Yield articles that say in one way or another that somebody said a quotation, each with its language."""
    values = {"q": quotation.strip(" .,;:!?"), "s": name, "o": other, "surname": name.split()[-1]}
    yield "en", source.choice(ENGLISH).format(**values)
    language = source.choice(list(OTHER_LANGUAGES))
    yield language, source.choice(OTHER_LANGUAGES[language]).format(**values)


def articles_of_others(source: random.Random, name: str, other: str, quotation: str) -> str:
    """Return an article that names somebody beside a quotation who does not say it."""
    return source.choice(NOT_SAID_BY).format(q=quotation.strip(" .,;:!?"), s=name, o=other)
