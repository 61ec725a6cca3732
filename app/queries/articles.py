"""An article against the record: a verdict on each quotation in it, attributed to whom the article names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import col

from app.models import Speaker
from app.queries.embedding import Item
from app.queries.quotes import verify
from app.quotes import FAITHFUL, key_of, token_texts
from app.quotes.article import ClaimedSpeaker, Quoted, find_quotations

Name = tuple[str, ...]


def verify_article(
    connection: sa.Connection,
    article: str,
    fewest_words: int,
    speaker: str | None = None,
    interview: str | None = None,
) -> Iterator[Item]:
    """Yield a verdict on each quotation of so many words, in order, with its place and whom the article names for it.

    `speaker` is who says what the article attributes to nobody whom the record knows; both are slugs.

    Raises:
        ParameterError: a slug is not known; near ones are suggested.
    """
    known = _KnownSpeakers(connection)
    for quoted in find_quotations(article, fewest_words):
        slugs = known.find(quoted.attribution.name) if quoted.attribution else []
        claimed = slugs or ([speaker] if speaker else [])
        whole = verify(connection, quoted.text, claimed, interview)
        if whole["verdict"] not in FAITHFUL and quoted.parts:
            # What the attribution interrupts may also be two quotations.
            parts = [(part, verify(connection, part.text, claimed, interview)) for part in quoted.parts]
            if all(verdict["verdict"] in FAITHFUL for _part, verdict in parts):
                yield from (_item(part, quoted.attribution, slugs, verdict) for part, verdict in parts)
                continue
        yield _item(quoted, quoted.attribution, slugs, whole)


def _item(quoted: Quoted, attribution: ClaimedSpeaker | None, slugs: Sequence[str], verdict: Item) -> Item:
    named = attribution and {"name": attribution.name, "is_inferred": attribution.is_inferred, "speakers": list(slugs)}
    return {"line": quoted.line, "column": quoted.column, "attribution": named, **verdict}


@dataclass
class _KnownSpeakers:
    """The named speakers of the record, to be found by what an article calls them."""

    connection: sa.Connection
    _by_last: dict[str, list[tuple[Name, str]]] = field(init=False)
    # Whom the article has named so far: a last name alone means the one who was named before.
    _named: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_last = {}
        rows = self.connection.execute(sa.select(col(Speaker.slug), col(Speaker.name), col(Speaker.aliases)))
        for row in rows:
            for name in dict.fromkeys((row.name, *row.aliases)):
                if name and (words := _folded(name)):
                    self._by_last.setdefault(words[-1], []).append((words, row.slug))

    def find(self, name: str) -> list[str]:
        """Return the slugs of everybody who may be meant; none where the record knows nobody of this name."""
        words = _folded(name)
        slugs: list[str] = []
        while words and not slugs:
            # Yesterday Jane Doe is Jane Doe, as is Doe.
            slugs = [
                slug for known, slug in self._by_last.get(words[-1], ()) if known == words or set(words) <= set(known)
            ]
            slugs = [slug for known, slug in self._by_last.get(words[-1], ()) if known == words] or slugs
            words = words[1:]
        before = [slug for slug in slugs if slug in self._named]
        found = list(dict.fromkeys(before or slugs))
        self._named.update(dict.fromkeys(found))
        return found


def _folded(name: str) -> Name:
    return tuple(map(key_of, token_texts(name)))
