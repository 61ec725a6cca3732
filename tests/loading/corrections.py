"""Transcripts, statements about them and corrections of them, drawn at random. What a correction leaves of each turn
and word is known, because it is made.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.structure.places import Places
from app.structure.prepare import PreparedTranscript, prepare, restate
from app.transcripts.sidecar import sidecar_of
from app.transcripts.source import Source

LABELS = ("Ida Brandt", "Tor Venn", "Una Holt")
TOPICS = ("mills", "rivers", "war")
VOCABULARY = "".join(f'[{topic}]\nlabel = "{topic.title()}"\n' for topic in TOPICS)
_WORDS = (
    "mill",
    "river",
    "aunt",
    "winter",
    "bridge",
    "stone",
    "summer",
    "garden",
    "letter",
    "horse",
    "village",
    "church",
    "market",
    "doctor",
    "ferry",
    "harbour",
    "school",
    "island",
    "kitchen",
    "lantern",
    "meadow",
    "orchard",
    "parish",
    "quarry",
    "railway",
    "sailor",
    "thunder",
    "uncle",
    "valley",
    "wagon",
    "yard",
    "barn",
    "cellar",
)
_SHORT = ("Yes.", "No.", "Hm.", "Yes. I did.", "I do not know.")


@dataclass(frozen=True)
class Word:
    """A word that is known again in a corrected file."""

    id: int
    text: str


@dataclass(frozen=True)
class Said:
    """A turn: who says it, and its words."""

    label: str
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class Drawing:
    """Draws transcripts, statements and corrections."""

    def __init__(self, source: random.Random) -> None:
        self._random, self._words = source, 0

    def transcript(self) -> list[Said]:
        return [self._turn() for _turn in range(self._random.randint(4, 14))]

    def _turn(self) -> Said:
        draw = self._random
        if draw.random() < 0.35:
            texts = draw.choice(_SHORT).split()
        else:
            texts = draw.choices(_WORDS, k=draw.randint(3, 18))
            if draw.random() < 0.3:
                # Many turns begin alike.
                texts = ["Well,", "I", "think", *texts]
            texts[0], texts[-1] = texts[0].capitalize(), texts[-1] + draw.choice(".?")
        return Said(draw.choice(LABELS), tuple(map(self._word, texts)))

    def _word(self, text: str) -> Word:
        self._words += 1
        return Word(self._words, text)

    def correction(self, turns: Sequence[Said]) -> list[Said]:
        """Correct some turns: misprints, first words, turns taken out, put in, parted and joined, labels."""
        draw = self._random
        corrected = list(turns)
        for _change in range(draw.randint(1, 5)):
            kind = draw.choice(("word", "word", "first", "out", "in", "part", "join", "add", "who", "label"))
            place = draw.randrange(len(corrected))
            turn = corrected[place]
            if kind in {"word", "first"}:
                at = 0 if kind == "first" else draw.randrange(len(turn.words))
                words = list(turn.words)
                words[at] = replace(words[at], text=draw.choice(_WORDS).capitalize() + "ish")
                corrected[place] = replace(turn, words=tuple(words))
            elif kind == "out" and len(corrected) > 3:
                del corrected[place]
            elif kind == "in":
                corrected.insert(place, self._turn())
            elif kind == "add":
                more = self._word(draw.choice(_WORDS))
                corrected[place] = replace(turn, words=draw.choice(((more, *turn.words), (*turn.words, more))))
            elif kind == "who":
                corrected[place] = replace(turn, label=draw.choice(LABELS))
            elif kind == "label":
                before, now = draw.choice(LABELS), draw.choice(("Ida B. Brandt", "Thor Venn"))
                corrected = [replace(one, label=now) if one.label == before else one for one in corrected]
            elif kind == "part" and len(turn.words) > 3:
                at = draw.randrange(1, len(turn.words))
                corrected[place : place + 1] = [
                    replace(turn, words=part) for part in (turn.words[:at], turn.words[at:])
                ]
            elif kind == "join" and place + 1 < len(corrected):
                joined = replace(turn, words=(*turn.words, *corrected[place + 1].words))
                corrected[place : place + 2] = [joined]
        return corrected

    def statements(self, turns: Sequence[Said], *, more: bool = False) -> dict[str, Any]:
        """Draw what is stated of a transcript, and leave out what does not fit."""
        draw = self._random
        # Without a language that is stated, each reading would look for one.
        document: dict[str, Any] = {"language": "en", "turns": [], "exchanges": [], "questions": [], "speakers": []}
        if more:
            document |= {"title": "The mill", "series": draw.choice(("Mills", "Rivers")), "published": "2023-11"}
            labels = sorted({turn.label for turn in turns})
            for label in draw.sample(labels, draw.randint(0, min(2, len(labels)))):
                named = {"name": label.replace("Tor", "Thorvald"), "role": draw.choice(("interviewer", "interviewee"))}
                document["speakers"].append({"labels": [label], **named})
        read = prepare_text(turns, document)
        for _table in range(draw.randint(1, 6)):
            read = self._state(document, read)
        return document

    def _state(self, document: dict[str, Any], read: PreparedTranscript) -> PreparedTranscript:
        """Add one statement about the turns as they are stated up to now."""
        draw = self._random
        said = read.transcript.turns
        places = Places([turn.text for turn in said])
        kind = draw.choice(("speaker", "kind", "part", "join", "exchange", "exchange", "topic", "label"))
        index = draw.randrange(len(said))
        place = places.describe(index)
        table: dict[str, Any] = {}
        if kind == "speaker":
            table = {**place, "speaker": draw.choice((*LABELS, "Egil Moe", ""))}
        elif kind == "kind":
            table = {**place, "kind": draw.choice(("note", "question", "answer", "statement", "speech"))}
        elif kind == "label":
            table = {"label": draw.choice(LABELS), "kind": draw.choice(("note", "speech"))}
        elif kind == "join":
            table = {**place, "join_next": True}
        elif kind == "part":
            words = said[index].text.split()
            table = {**place, "part_at": " ".join(words[draw.randrange(len(words)) :][:3])}
        elif kind == "topic" and read.structure.exchanges:
            asked = draw.choice(read.structure.exchanges).question_turns[0]
            key, topics = draw.choice(("topics", "rejected")), draw.sample(TOPICS, 1)
            return self._try(document, "questions", {**places.describe(asked), key: topics}, read)
        elif kind == "exchange":
            chosen = sorted(draw.sample(range(len(said)), min(len(said), draw.randint(1, 3))))
            meant = [places.describe(one) for one in chosen]
            exchange = {"question": meant[:1], **({"answers": meant[1:]} if draw.random() < 0.8 else {})}
            return self._try(document, "exchanges", exchange, read)
        return self._try(document, "turns", table, read) if table else read

    def _try(
        self, document: dict[str, Any], key: str, table: dict[str, Any], read: PreparedTranscript
    ) -> PreparedTranscript:
        if table in document[key]:
            return read
        document[key].append(table)
        again = restate(read, sidecar_of("drawn", document))
        if again.unfit:
            document[key].pop()
            return read
        return again


def text_of(turns: Sequence[Said]) -> str:
    """Write a transcript."""
    return "".join(f"{turn.label}: {turn.text}\n\n" for turn in turns)


def prepare_text(turns: Sequence[Said], document: dict[str, Any], name: str = "talk.txt") -> PreparedTranscript:
    """Read a transcript with what is stated of it."""
    source = Source(name, text_of(turns).encode())
    return prepare(source, sidecar_of("drawn", document), "talk.toml", keep_unlabelled=True)


def is_read_as_written(turns: Sequence[Said]) -> bool:
    """Whether every turn that was written is one that is read."""
    read = prepare_text(turns, {}).turns_as_read
    return [(turn.label, turn.text) for turn in read] == [(turn.label, turn.text) for turn in turns]
