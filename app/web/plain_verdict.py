"""Says in plain words what is true of a quotation: a headline and a sentence or two. Pure.

People are called by their names, because a record does not say how they are called otherwise; somebody who is not named
is "the interviewee".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from markupsafe import Markup

from app.quotes import Caution, DifferenceKind, Meaning, Verdict
from app.text.folding import REDACTED
from app.web.texts import Texts

Item = dict[str, Any]
# Characters of words that a sentence shows, and differences that it names, at most.
_MAX_SHOWN, _MAX_NAMED = 80, 2
# Differences from which on what was said is "something close", and not "this" any more.
_FEWEST_OF_CLOSE = 4
# Words that stand for each other and are shown as a whole, at most.
_MOST_WORDS = 4
# What changes a sentence most comes first.
_BY_WEIGHT = (
    Meaning.NEGATION,
    Meaning.NUMBER,
    Meaning.NAME,
    Meaning.OPPOSITE,
    Meaning.UNIT,
    Meaning.QUANTIFIER,
    Meaning.LIMIT,
    Meaning.MODALITY,
)
_MARKED = frozenset({DifferenceKind.OMITTED, DifferenceKind.INSERTED})
_ONE_SIDED = frozenset({DifferenceKind.LEFT_OUT, DifferenceKind.ADDED, DifferenceKind.OMITTED})
_OF_SPEAKER = frozenset({Caution.SPEAKER_UNKNOWN, Caution.SPEAKER_UNNAMED, Caution.SAME_NAME})
_OF_MEANING = frozenset({Caution.MEANING_OMITTED, Caution.QUESTION_MARK, Caution.PARTS_APART})


class Tone(StrEnum):
    """How a verdict is shown: it was said; look closer; it was not said so; there is nothing to go by."""

    SAID = "said"
    LOOK = "look"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PlainVerdict:
    """A verdict in plain words. The headline says it in a few, the sentences what differs and what to look at."""

    tone: Tone
    headline: Markup
    sentences: tuple[Markup, ...]

    @property
    def summary(self) -> str:
        """All of it as one plain text."""
        return Markup(" ").join((self.headline + ".", *self.sentences)).unescape()


def in_plain_words(verdict: Item, texts: Texts, claimed: Sequence[str] = ()) -> PlainVerdict:
    """Say what a verdict means, as queries.quotes.verify() and verify_article() return it.

    `claimed` are the names of those to whom the quotation is attributed, any one of them.
    """
    return _Words(texts, claimed).say(verdict)


class _Words:
    """Says what is true of a quotation that is attributed to the claimed, in one language."""

    def __init__(self, texts: Texts, claimed: Sequence[str]) -> None:
        self._texts = texts
        self._claimed = self._either(claimed) if claimed else None

    def say(self, verdict: Item) -> PlainVerdict:
        if not verdict["matches"]:
            return self._not_found(verdict)
        kind, match = Verdict(verdict["verdict"]), verdict["matches"][0]
        if kind is Verdict.MISATTRIBUTED:
            tone, headline, sentences = self._misattributed(verdict["matches"])
        elif kind is Verdict.ALTERED:
            tone, headline, sentences = self._altered(match)
        else:
            tone, headline, sentences = self._faithful(kind, match)
        return PlainVerdict(tone, headline, (*sentences, *self._remarks(verdict, match)))

    def _faithful(self, kind: Verdict, match: Item) -> tuple[Tone, Markup, list[Markup]]:
        who = self._who(match["speaker"])
        cautions = set(match["cautions"])
        headline = self._texts("verdict-by-whom" if cautions & _OF_SPEAKER else f"verdict-{kind}")
        marked = [one for one in match["differences"] if one["kind"] in _MARKED]
        if kind is Verdict.ELIDED and marked:
            sentence = self._texts("verdict-marked", who=who, what=self._named(marked, who))
        else:
            sentence = self._texts(f"verdict-{kind}-sentence", who=who)
        tone = Tone.LOOK if cautions & (_OF_SPEAKER | _OF_MEANING) else Tone.SAID
        return tone, headline, [_sentence(sentence)]

    def _altered(self, match: Item) -> tuple[Tone, Markup, list[Markup]]:
        who, differing = self._who(match["speaker"]), _differing(match)
        what = self._named(differing, who)
        if self._claimed is not None and match["as_claimed"] is False:
            sentence = self._texts("verdict-altered-by-another", who=who, claimed=self._claimed, what=what)
            return Tone.WRONG, self._texts("verdict-altered"), [_sentence(sentence)]
        if not any(one["likeness"] is None for one in differing):
            sentence = self._texts("verdict-nearly-sentence", who=who, what=what)
            return Tone.LOOK, self._texts("verdict-nearly"), [_sentence(sentence)]
        weight = min(map(_weight, differing))
        headline = f"verdict-altered-{_BY_WEIGHT[weight]}" if weight < len(_BY_WEIGHT) else "verdict-altered"
        form = "verdict-close" if len(differing) >= _FEWEST_OF_CLOSE else "verdict-but"
        return Tone.WRONG, self._texts(headline), [_sentence(self._texts(form, who=who, what=what))]

    def _misattributed(self, matches: Sequence[Item]) -> tuple[Tone, Markup, list[Markup]]:
        form = "verdict-by-another-marked" if matches[0]["verdict"] == Verdict.ELIDED else "verdict-by-another"
        who, claimed = self._who(matches[0]["speaker"]), self._claimed or self._texts("person-somebody")
        sentences = [_sentence(self._texts(form, who=who, claimed=claimed))]
        own = next((match for match in matches if match["as_claimed"]), None)
        if own is not None:
            who = self._who(own["speaker"])
            what = self._named(_differing(own), who)
            sentences.append(_sentence(self._texts("verdict-close", who=who, what=what)))
        return Tone.WRONG, self._texts("verdict-misattributed"), sentences

    def _not_found(self, verdict: Item) -> PlainVerdict:
        superseded, nearest = verdict["superseded"], verdict["nearest"]
        if superseded is not None:
            sentence = self._texts("verdict-corrected-sentence", revision=superseded["revision"])
            return PlainVerdict(Tone.LOOK, self._texts("verdict-corrected"), (sentence,))
        sentences = [self._texts("verdict-not-found-sentence")]
        if nearest is not None:
            nearest_to = self._texts("verdict-nearest", who=self._who(nearest["speaker"]))
            sentences.append(_sentence(nearest_to))
        return PlainVerdict(Tone.UNKNOWN, self._texts("verdict-not-found"), tuple(sentences))

    def _remarks(self, verdict: Item, match: Item) -> Iterator[Markup]:
        """Yield what to look at although the words are right."""
        claimed = self._claimed or self._texts("person-somebody")
        for caution in match["cautions"]:
            yield _sentence(self._texts(f"caution-{_id(caution)}", claimed=claimed))
        if REDACTED in match["text"]:
            yield self._texts("verdict-redacted")
        if verdict["superseded"] is not None:
            yield self._texts("verdict-corrected-sentence", revision=verdict["superseded"]["revision"])

    def _named(self, differences: Sequence[Item], who: str) -> Markup:
        """Name the differences that change most, the heaviest first, and count the others."""
        ordered = sorted(differences, key=_weight)
        named = [self._phrase(one, who) for one in ordered[:_MAX_NAMED]]
        if more := len(ordered) - len(named):
            named.append(self._texts("difference-more", count=more))
        return self._listed(named)

    def _phrase(self, one: Item, who: str) -> Markup:
        """Say one difference, to stand after "but"."""
        kind, weight, likeness = DifferenceKind(one["kind"]), _weight(one), one["likeness"]
        words = {"quoted": _shown(one["quoted"]), "stands": _shown(one["stands"]), "who": who}
        name = f"difference-{_id(kind)}"
        if likeness is not None:
            name = f"likeness-{_id(kind)}-{likeness}"
        elif weight < len(_BY_WEIGHT) and kind is DifferenceKind.REPLACED and _are_of_a_kind(one, _BY_WEIGHT[weight]):
            name = f"{name}-{_BY_WEIGHT[weight]}"
        elif weight == _BY_WEIGHT.index(Meaning.NEGATION) and kind in _ONE_SIDED:
            name = f"{name}-negation"
        elif kind is DifferenceKind.INSERTED and not one["stands"]:
            name = f"{name}-alone"
        return self._texts(name, **words)

    def _who(self, speaker: Item | None) -> str:
        if speaker is None:
            return self._texts("person-unknown")
        return str(speaker["name"] or speaker["display_name"])

    def _either(self, names: Sequence[str]) -> Markup:
        shown = Markup("{}").format(names[-1])
        for name in reversed(names[:-1]):
            shown = self._texts("list-or", before=name, last=shown)
        return shown

    def _listed(self, parts: Sequence[Markup]) -> Markup:
        if len(parts) < 2:
            return parts[0] if parts else Markup()
        return self._texts("list-and", before=Markup(", ").join(parts[:-1]), last=parts[-1])


def _differing(match: Item) -> list[Item]:
    return [one for one in match["differences"] if one["kind"] != DifferenceKind.TYPOGRAPHY]


def _weight(one: Item) -> int:
    """Return how early a difference is named: first what changes the meaning, last what hardly differs."""
    if one["likeness"] is not None:
        return len(_BY_WEIGHT) + 1
    meanings = {telling["meaning"] for telling in one["telling"]}
    return next((place for place, meaning in enumerate(_BY_WEIGHT) if meaning in meanings), len(_BY_WEIGHT))


def _are_of_a_kind(one: Item, meaning: Meaning) -> bool:
    """Whether one word of a meaning stands for another: a number for a number. A negation may stand for none."""
    if meaning is Meaning.NEGATION:
        return True
    sides = one["quoted"].split(), one["stands"].split()
    if meaning is Meaning.OPPOSITE:
        return max(map(len, sides)) <= _MOST_WORDS
    words = [telling["word"] for telling in one["telling"] if telling["meaning"] == meaning]
    has_both = all(any(word in side for word in words) for side in (one["quoted"], one["stands"]))
    return has_both and max(map(len, sides)) <= _MOST_WORDS


def _id(word: str) -> str:
    return str(word).replace("_", "-")


def _sentence(text: Markup) -> Markup:
    """Begin a sentence with a capital, also where it begins with somebody who is not named."""
    return Markup(f"{text[:1].upper()}{text[1:]}")  # noqa: S704 - the text is Markup already


def _shown(text: str) -> str:
    short = " ".join(text.split())
    return f"{short[:_MAX_SHOWN]}…" if len(short) > _MAX_SHOWN else short
