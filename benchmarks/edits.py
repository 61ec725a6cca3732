"""Talks and random edits of them that know what they left alone: for tests of identity, and for its figures."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count, pairwise

ASKING, ANSWERING = "Ana Ries", "Bo Lind"
_SHORT = ("Yes.", "No, never.", "And then?", "Why?", "I do not know.")
_WORDS = tuple(
    # A list of them would be a line each.
    "river mill aunt summer road dry letter box harbour glass sand winter bridge teacher school garden apple "  # noqa: SIM905
    "train window morning brother ship market bread stone village captain island paper song water field horse".split()
)


@dataclass(frozen=True)
class Said:
    """One turn: a number that no other turn of the talk has ever had, who says it, and the words."""

    number: int
    label: str
    text: str


class Talk:
    """A talk that is edited at random."""

    def __init__(self, seed: int, exchanges: int) -> None:
        self._random = random.Random(seed)
        self._numbers = count()
        self.labels = {ASKING: ASKING, ANSWERING: ANSWERING}
        self.turns: list[Said] = []
        for _ in range(exchanges):
            self.turns += self._exchange()

    @property
    def text(self) -> str:
        """The talk as a transcript."""
        return "".join(f"{self.labels[turn.label]}: {turn.text}\n" for turn in self.turns)

    @property
    def metadata(self) -> str:
        """What its metadata file says."""
        used = {turn.label for turn in self.turns}
        tables = [
            f'[[speakers]]\nlabels = ["{self.labels[label]}"]\nrole = "{role}"\n'
            for label, role in ((ASKING, "interviewer"), (ANSWERING, "interviewee"))
            if label in used
        ]
        return "\n".join(['slug = "talk"\nlanguage = "en"', *tables])

    def edit(self, kind: str) -> None:
        """Make one edit of this kind, if the talk has a place for it."""
        edits: dict[str, Callable[[], None]] = {
            "insert": self._insert,
            "insert turn": self._insert_turn,
            "delete": self._delete,
            "delete turn": self._delete_turn,
            "swap": self._swap,
            "split": self._split,
            "merge": self._merge,
            "retype": self._retype,
            "typo": self._typo,
            "label": self._label,
            "rename": self._rename,
        }
        edits[kind]()

    def edit_at_random(self) -> str:
        """Make one edit of any kind, and return its kind."""
        kind = self._random.choice(EDITS)
        self.edit(kind)
        return kind

    def _exchange(self) -> list[Said]:
        turns = [self._said(ASKING)]
        turns += [self._said(ANSWERING) for _ in range(self._random.choice((0, 1, 1, 1, 2)))]
        return turns

    def _said(self, label: str) -> Said:
        words = [self._random.choice(_WORDS) for _ in range(self._random.randint(5, 30))]
        text = f"{' '.join(words).capitalize()}{'?' if label == ASKING else '.'}"
        return Said(next(self._numbers), label, self._random.choice(_SHORT) if self._random.random() < 0.15 else text)

    def _starts(self) -> list[int]:
        """Where exchanges begin, and the end."""
        turns = self.turns
        starts = [
            place
            for place, turn in enumerate(turns)
            if turn.label == ASKING and (place == 0 or turns[place - 1].label != ASKING)
        ]
        return [*starts, len(turns)]

    def _insert(self) -> None:
        place = self._random.choice(self._starts())
        self.turns[place:place] = self._exchange()

    def _insert_turn(self) -> None:
        place = self._random.randint(1, len(self.turns))
        self.turns.insert(place, self._said(self._random.choice((ASKING, ANSWERING))))

    def _delete(self) -> None:
        starts = self._starts()
        if len(starts) > 3:
            place = self._random.randrange(len(starts) - 1)
            del self.turns[starts[place] : starts[place + 1]]

    def _delete_turn(self) -> None:
        if len(self.turns) > 4:
            del self.turns[self._random.randrange(len(self.turns))]

    def _swap(self) -> None:
        starts = self._starts()
        blocks = [self.turns[start:end] for start, end in pairwise(starts)]
        if len(blocks) > 1:
            one, other = self._random.sample(range(len(blocks)), 2)
            blocks[one], blocks[other] = blocks[other], blocks[one]
            self.turns = [*self.turns[: starts[0]], *(turn for block in blocks for turn in block)]

    def _split(self) -> None:
        place = self._random.randrange(len(self.turns))
        turn = self.turns[place]
        words = turn.text.split(" ")
        if len(words) > 3:
            at = self._random.randint(1, len(words) - 1)
            pieces = " ".join(words[:at]), " ".join(words[at:])
            self.turns[place : place + 1] = [Said(next(self._numbers), turn.label, piece) for piece in pieces]

    def _merge(self) -> None:
        places = [place for place, (one, other) in enumerate(pairwise(self.turns)) if one.label == other.label]
        if places:
            place = self._random.choice(places)
            text = f"{self.turns[place].text} {self.turns[place + 1].text}"
            self.turns[place : place + 2] = [Said(next(self._numbers), self.turns[place].label, text)]

    def _retype(self) -> None:
        self._change_word(lambda _word: self._random.choice(_WORDS) + "s")

    def _typo(self) -> None:
        self._change_word(lambda word: f"{word[1:2]}{word[:1]}{word[2:]}x")

    def _change_word(self, changed: Callable[[str], str]) -> None:
        place = self._random.randrange(len(self.turns))
        turn = self.turns[place]
        words = turn.text.split(" ")
        at = self._random.randrange(len(words))
        words[at] = changed(words[at])
        self.turns[place] = Said(next(self._numbers), turn.label, " ".join(words))

    def _label(self) -> None:
        place = self._random.randrange(len(self.turns))
        turn = self.turns[place]
        self.turns[place] = replace(turn, label=ANSWERING if turn.label == ASKING else ASKING)

    def _rename(self) -> None:
        label = self._random.choice((ASKING, ANSWERING))
        self.labels[label] = f"{label}{'e' * self._random.randint(0, 2)}"


EDITS = (
    "insert",
    "insert turn",
    "delete",
    "delete turn",
    "swap",
    "split",
    "merge",
    "retype",
    "typo",
    "label",
    "rename",
)
