"""What a passage is named by: the id of a question, an answer or a turn, the slug of an interview, or the address of
any of these with a revision and a range of characters.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

from app.errors import ParameterError

_ID = re.compile(r"([0-9a-z]+)-([qat])[0-9]+", re.ASCII)
_NEITHER = "Write the id of a question, an answer or a turn, as other tools give it."
_PLURALS = {"q": "questions", "a": "answers"}
_PINNED = re.compile(r"(.+)@([0-9]+)", re.ASCII)


@dataclass(frozen=True)
class Place:
    """`id` is that of a question, an answer or a turn, or the slug or id of an interview; `start` and `end` are
    characters of its text.
    """

    id: str
    revision: int | None = None
    start: int = 0
    end: int | None = None

    @property
    def is_turn(self) -> bool:
        """Whether it is a turn of the record."""
        return self._letter == "t"

    @property
    def is_interview(self) -> bool:
        """Whether it is a whole interview."""
        return not self._letter

    @property
    def path(self) -> str:
        """Where the API has it: a turn in the interview that it belongs to."""
        if self.is_turn or self.is_interview:
            return f"/v1/interviews/{quote(self.interview, safe='')}"
        return f"/v1/{_PLURALS[self._letter]}/{self.id}"

    @property
    def interview(self) -> str:
        """The id or slug of the interview."""
        match = _ID.fullmatch(self.id)
        return match[1] if match else self.id

    @property
    def _letter(self) -> str:
        match = _ID.fullmatch(self.id)
        return match[2] if match else ""


def read_place(written: str) -> Place:
    """Read an id, a slug or an address.

    Raises:
        ParameterError: it is none of these.
    """
    try:
        parts = urlsplit(written.strip())
    except ValueError:
        # Its host begins with a bracket that does not end.
        raise ParameterError("id", _NEITHER) from None
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > 1:
        # The item follows the name of its list, whatever the address of the server and what follows the item.
        names = [at for at, one in enumerate(segments[:-1]) if one in {"questions", "answers", "interviews"}]
        segments = segments[names[0] + 1 :] if names else []
    if not segments:
        raise ParameterError("id", _NEITHER)
    given = {key: values[0] for key, values in parse_qs(parts.query).items()}
    name, revision = unquote(segments[0]), given.get("revision", "")
    if pinned := _PINNED.fullmatch(name):
        name, revision = pinned[1], pinned[2]
    return Place(
        id=given.get("turn", name),
        revision=_number(revision),
        start=_number(given.get("start", "")) or 0,
        end=_number(given.get("end", "")),
    )


def _number(written: str) -> int | None:
    return int(written[:10]) if written[:10].isdecimal() else None
