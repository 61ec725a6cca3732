"""Compares what several speakers say on one topic: what they answer, and what they ask."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.errors import ParameterError
from app.models import Contribution, Interview, Speaker, Topic, Turn
from app.queries import answers, questions
from app.queries.embedding import Item, display_name
from app.queries.filters import Clause, Filters
from app.queries.names import find_ids
from app.queries.paging import Listing, PageRequest, read_page
from app.queries.telling_words import says_something
from app.text.paragraphs import PARAGRAPH

# Items that are read for each one that is shown, to take the best of them; and how many are read at least.
_TIMES_READ, _FEWEST_READ = 4, 40


class _Shown(NamedTuple):
    """The items of a speaker that are shown, how many there are in all, and the page of the list that has the others:
    the first one if any before the last shown item was passed over, None if there are no others.
    """

    items: list[Item]
    total: int
    total_is_exact: bool
    others_from_page: int | None


def compare_speakers(connection: sa.Connection, topic: str, speakers: Sequence[str], limit: int) -> Item:
    """Return up to `limit` answers and questions of each speaker on a topic or one below it, the newest first.

    Those that say something are shown; a `Yes` only where a speaker has nothing else. `others_from_page` says where in
    the list of all of them the others are.

    Raises:
        ParameterError: there is no such topic or speaker, or two names mean one speaker.
    """
    topic_id = find_ids(connection, "topic", [topic], Topic)[topic]
    ids_by_slug = find_ids(connection, "speaker", speakers, Speaker)
    ids = [ids_by_slug[slug] for slug in speakers]
    if len(set(ids)) < len(ids):
        raise ParameterError("speaker", "One speaker is named twice; compare different ones.")
    topic_columns: tuple[Any, ...] = (Topic.slug, Topic.label)
    about = connection.execute(sa.select(*topic_columns).where(col(Topic.id) == topic_id)).one()
    speaker_columns: tuple[Any, ...] = (Speaker.id, Speaker.slug, Speaker.name)
    rows = connection.execute(sa.select(*speaker_columns).where(col(Speaker.id).in_(ids)))
    people = {row.id: row for row in rows}
    # Whom nobody names takes part in one interview.
    parts = sa.select(col(Contribution.speaker_id), col(Contribution.role)).where(col(Contribution.speaker_id).in_(ids))
    roles = {row.speaker_id: [row.role] for row in connection.execute(parts)}
    on_topic, compared = (Clause((about.slug,)),), []
    for one in ids:
        who = (Clause((people[one].slug,)),)
        answered = answers.listing(connection, Filters(topic=on_topic, answered_by=who), questions.DEFAULT_SORT)
        asked = questions.listing(connection, Filters(topic=on_topic, asked_by=who), questions.DEFAULT_SORT)
        compared.append(
            {
                "slug": people[one].slug,
                "name": people[one].name,
                "display_name": display_name(people[one].name, *roles.get(one, ())),
                "answers": _choose(connection, answered, col(Turn.answer_id), limit),
                "questions": _choose(connection, asked, col(Turn.question_id), limit),
            }
        )
    return {"topic": dict(about._mapping), "items": compared}


def _choose(connection: sa.Connection, listing: Listing, belongs_to: Any, limit: int) -> _Shown:
    """Choose the newest items of a list that say something; all of them if none does."""
    page = read_page(connection, listing, PageRequest("compare", max(limit * _TIMES_READ, _FEWEST_READ)))
    telling = _telling(connection, belongs_to, [row.id for row in page.items])
    telling_places = [place for place, row in enumerate(page.items) if row.id in telling]
    shown = (telling_places or list(range(len(page.items))))[:limit]
    others: int | None = None
    if page.next is not None or len(shown) < len(page.items):
        others = 2 if shown == list(range(limit)) else 1
    items = listing.embed(connection, [page.items[place] for place in shown])
    return _Shown(items, page.total, page.total_is_exact, others)


def _telling(connection: sa.Connection, belongs_to: Any, ids: Sequence[str]) -> set[str]:
    """Return the ids of those answers, or questions without their answers, whose words say something."""
    columns = (belongs_to.label("id"), col(Turn.text), col(Interview.language))
    turns = sa.select(*columns).join(Interview, col(Interview.id) == col(Turn.interview_id)).where(belongs_to.in_(ids))
    if belongs_to.key == "question_id":
        turns = turns.where(col(Turn.answer_id).is_(None))
    texts: dict[str, list[str]] = defaultdict(list)
    languages: dict[str, str | None] = {}
    for item_id, text, language in connection.execute(turns.order_by(col(Turn.position))):
        texts[item_id].append(text)
        languages[item_id] = language
    return {item_id for item_id, each in texts.items() if says_something(PARAGRAPH.join(each), languages[item_id])}
