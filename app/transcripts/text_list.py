"""A list of texts with times and speakers in the JSON of a speech recognizer."""

from dataclasses import dataclass, field

from app.transcripts.json_keys import TimeSpan
from app.transcripts.timed_texts import SECONDS, TimedText, is_word_sized, likely_scale

# Of two lists with the same text, the one whose name comes first is read: it is closer to speakers' turns.
LIST_NAMES = (
    "utterances", "monologues", "turns", "entries", "audiosegments", "transcripts", "recognizedphrases", "speakers",
    "paragraphs", "segments", "sentences", "phrases", "transcription", "chunks",
)  # fmt: skip
# How far two units of time have to be apart to be different ones.
SAME_UNIT = 0.05


@dataclass(slots=True)
class TextList:
    """The texts and times of all objects at one path, in which `*` is any position in an array.

    `units` has, for each object whose own times and those of its words are in different units, how many of its own make
    one of theirs.
    """

    path: tuple[str, ...]
    pieces: list[TimedText] = field(default_factory=list)
    spans: list[TimeSpan] = field(default_factory=list)
    units: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The last key of the path."""
        return next((part for part in reversed(self.path) if part != "*"), "")

    @property
    def size(self) -> int:
        """The number of characters, without spaces."""
        return sum(len(piece.text) - piece.text.count(" ") for piece in self.pieces)

    @property
    def has_speakers(self) -> bool:
        """Whether any object says who speaks."""
        return any(piece.label for piece in self.pieces)

    @property
    def has_times(self) -> bool:
        """Whether any object says when."""
        return any(span.start for span in self.spans)

    @property
    def are_words(self) -> bool:
        """Whether the objects are words, many of which make a turn."""
        if self.name in LIST_NAMES and self.name != "chunks":
            return False
        return is_word_sized([piece.text for piece in self.pieces])

    @property
    def scale(self) -> float:
        """The milliseconds in one unit of times whose keys name none."""
        durations = [
            (span.bare_duration() or 0.0, len(piece.text)) for span, piece in zip(self.spans, self.pieces, strict=True)
        ]
        if self.units and all(abs(unit / self.units[0] - 1) < SAME_UNIT for unit in self.units):
            # Words are timed in seconds wherever their segments are not.
            return SECONDS / self.units[0]
        return likely_scale(durations)
