"""Finds speakers of the record by the names that an article uses."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import col

from app.models import Speaker
from app.quotes import key_of, token_texts
from app.quotes.names_in_prose import PARTICLES

Name = tuple[str, ...]


class KnownSpeakers:
    """The speakers of the record, and which of them an article introduces by their full names."""

    def __init__(self, connection: sa.Connection, article: str) -> None:
        self._by_name: dict[Name, list[str]] = {}
        self._by_last: dict[str, list[tuple[Name, str]]] = {}
        rows = connection.execute(sa.select(col(Speaker.slug), col(Speaker.name), col(Speaker.aliases)))
        for row in rows:
            for name in dict.fromkeys((row.name, *row.aliases)):
                if name and (words := folded(name)):
                    self._by_name.setdefault(words, []).append(row.slug)
                    self._by_last.setdefault(words[-1], []).append((words, row.slug))
        self._introduced = list(self._full_names(folded(article)))

    def _full_names(self, words: Name) -> Iterator[tuple[Name, str]]:
        found: dict[tuple[Name, str], None] = {}
        for place, word in enumerate(words, start=1):
            for name, slug in self._by_last.get(word, ()):
                if 1 < len(name) <= place and words[place - len(name) : place] == name:
                    found[name, slug] = None
        yield from found

    def is_known(self, name: str) -> bool:
        """Whether anybody of the record has a name."""
        return bool(self.find(name))

    def find(self, name: str) -> list[str]:
        """Return the slugs of all speakers that a name may mean.

        A part of a name means those whom the article introduces by all of it, and if there is none, all who have it.
        """
        words = folded(name)
        for length in range(len(words), 1, -1):
            for start in range(len(words) - length + 1):
                if start and words[start - 1] in PARTICLES:
                    # A friend of Doe is not Doe.
                    continue
                if slugs := self._by_name.get(words[start : start + length]):
                    return slugs
        if not words:
            return []
        introduced = [slug for known, slug in self._introduced if _is_part(words, known)]
        others = [slug for known, slug in self._by_last.get(words[-1], ()) if _is_part(words, known)]
        return list(dict.fromkeys(introduced or others))


def _is_part(words: Name, known: Name) -> bool:
    """Whether words are the end of a name, such as a surname with its particles, or its beginning."""
    return known[-len(words) :] == words or known[: len(words)] == words


def folded(name: str) -> Name:
    """Return the keys of the words of a name."""
    return tuple(map(key_of, token_texts(name)))
