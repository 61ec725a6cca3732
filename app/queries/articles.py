"""Verifies the quotations in an article, each attributed to the speaker whom the article names."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import sqlalchemy as sa

from app.db.work import bounded
from app.models import Speaker
from app.queries import limits
from app.queries.embedding import Item
from app.queries.known_speakers import KnownSpeakers, folded
from app.queries.names import find_ids
from app.queries.quotes import verify
from app.quotes import FAITHFUL, Caution, DifferenceKind, Verdict
from app.quotes.article import find_quotations
from app.quotes.quoted import ClaimedSpeaker, Doubt, Quoted, QuotedKind


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
        StatementTimeError: it takes a request too long.
    """
    if speaker is not None:
        find_ids(connection, "speaker", [speaker], Speaker)
    known = KnownSpeakers(connection, article)
    go_on = bounded(limits.ARTICLE_SECONDS, "The article has too many quotations for one request; send it in parts.")
    for quoted in find_quotations(article, fewest_words, known.is_known):
        go_on()
        attribution, slugs = _claimed(quoted, known)
        claimed = slugs or ([speaker] if speaker else [])
        joints = tuple(itertools.accumulate(len(part.text) + 1 for part in quoted.parts[:-1]))
        whole = verify(connection, quoted.text, claimed, interview, joints=joints)
        if attribution is not None and slugs and _accuses_wrongly(quoted, whole):
            attribution, slugs = replace(attribution, doubt=Doubt.OTHER_NAME), []
            whole = verify(connection, quoted.text, [], interview, joints=joints)
        claimed = slugs or ([speaker] if speaker and attribution is None else [])
        if quoted.parts and (whole["verdict"] is Verdict.ELIDED or whole["verdict"] not in FAITHFUL):
            parts = [(part, verify(connection, part.text, claimed, interview)) for part in quoted.parts]
            if _are_apart(whole, [verdict for _part, verdict in parts]):
                yield from (_item(part, attribution, slugs, verdict) for part, verdict in parts)
                continue
        yield _item(quoted, attribution, slugs, whole)


def _claimed(quoted: Quoted, known: KnownSpeakers) -> tuple[ClaimedSpeaker | None, list[str]]:
    """Return whom an article claims as a speaker, and the slugs of whom that may be: none where it is in doubt."""
    attribution = quoted.attribution
    if attribution is None or attribution.doubt is not None:
        return attribution, []
    slugs = known.find(attribution.name)
    return (replace(attribution, doubt=Doubt.SAME_NAME) if len(slugs) > 1 else attribution), slugs


def _accuses_wrongly(quoted: Quoted, verdict: Item) -> bool:
    """Whether a speaker who is only inferred did not say the words, and the sentence may mean who did."""
    if verdict["verdict"] is not Verdict.MISATTRIBUTED or quoted.attribution is None:
        return False
    if not quoted.attribution.is_inferred:
        return False
    speaker = verdict["matches"][0]["speaker"]
    said_by = folded(speaker["name"])[-1:] if speaker and speaker["name"] else ()
    around = folded(quoted.around)
    return quoted.attribution.name in quoted.around or any(word in around for word in said_by)


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
    named = attribution and {
        "name": attribution.name,
        "is_inferred": attribution.is_inferred,
        "doubt": attribution.doubt,
        "speakers": list(slugs),
    }
    # What looks like a title or a term and was said all the same is a quotation.
    kind = quoted.kind if verdict["verdict"] is Verdict.NOT_FOUND else QuotedKind.QUOTATION
    return {"line": quoted.line, "column": quoted.column, "kind": kind, "attribution": named, **verdict}
