"""Verifies the quotations in an article, each attributed to the speaker whom the article names."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import col

from app.models import Speaker
from app.queries.embedding import Item
from app.queries.names import find_ids
from app.queries.quotes import verify
from app.quotes import FAITHFUL, Caution, DifferenceKind, Verdict, key_of, token_texts
from app.quotes.article import ClaimedSpeaker, Quoted, find_quotations

Name = tuple[str, ...]


def verify_article(
    connection: sa.Connection,
    article: str,
    fewest_words: int,
    speaker: str | None = None,
    interview: str | None = None,
) -> Iterator[Item]:
    """Yield a verdict on each quotation of at least `fewest_words` words, in order, with its position and attribution.

    `speaker` is assumed where the article names nobody in the record; `speaker` and `interview` are slugs.

    Raises:
        ParameterError: a slug is unknown; similar ones are suggested.
    """
    if speaker is not None:
        find_ids(connection, "speaker", [speaker], Speaker)
    known = _KnownSpeakers(connection)
    for quoted in find_quotations(article, fewest_words):
        slugs = known.find(quoted.attribution.name) if quoted.attribution else []
        claimed = slugs or ([speaker] if speaker else [])
        joints = tuple(itertools.accumulate(len(part.text) + 1 for part in quoted.parts[:-1]))
        whole = verify(connection, quoted.text, claimed, interview, joints=joints)
        if quoted.parts and (whole["verdict"] is Verdict.ELIDED or whole["verdict"] not in FAITHFUL):
            parts = [(part, verify(connection, part.text, claimed, interview)) for part in quoted.parts]
            if _are_apart(whole, [verdict for _part, verdict in parts]):
                yield from (_item(part, quoted.attribution, slugs, verdict) for part, verdict in parts)
                continue
        yield _item(quoted, quoted.attribution, slugs, whole)


def _are_apart(whole: Item, parts: Sequence[Item]) -> bool:
    """Whether the halves around an attribution are quotations of their own, with a caution on each.

    They are where each was said, and the nearest passage does not have them in one sentence with other words between.
    """
    if not all(part["verdict"] in FAITHFUL for part in parts):
        return False
    if whole["verdict"] is Verdict.ELIDED:
        return any(one["kind"] is DifferenceKind.LEFT_OUT for one in whole["matches"][0]["differences"])
    whole_turns = {match["places"][0]["turn"] for match in whole["matches"]}
    shared = set.intersection(*({match["places"][0]["turn"] for match in part["matches"]} for part in parts))
    if whole_turns & shared:
        return False
    for part in parts:
        for match in part["matches"]:
            match["cautions"].append(Caution.PARTS_APART)
    return True


def _item(quoted: Quoted, attribution: ClaimedSpeaker | None, slugs: Sequence[str], verdict: Item) -> Item:
    named = attribution and {"name": attribution.name, "is_inferred": attribution.is_inferred, "speakers": list(slugs)}
    return {"line": quoted.line, "column": quoted.column, "attribution": named, **verdict}


@dataclass
class _KnownSpeakers:
    """Finds speakers of the record by the names that an article uses."""

    connection: sa.Connection
    _by_last: dict[str, list[tuple[Name, str]]] = field(init=False)
    # Speakers named so far: a last name alone means one of them.
    _named: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_last = {}
        rows = self.connection.execute(sa.select(col(Speaker.slug), col(Speaker.name), col(Speaker.aliases)))
        for row in rows:
            for name in dict.fromkeys((row.name, *row.aliases)):
                if name and (words := _folded(name)):
                    self._by_last.setdefault(words[-1], []).append((words, row.slug))

    def find(self, name: str) -> list[str]:
        """Return the slugs of all speakers that a name may mean."""
        words = _folded(name)
        slugs: list[str] = []
        while words and not slugs:
            # Drop words from the front: "Yesterday Jane Doe" means Jane Doe.
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
