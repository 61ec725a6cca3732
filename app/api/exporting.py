"""Lists, feeds and interviews in other formats than JSON. CSV and NDJSON are the whole list, streamed out of one read
transaction, unless a page is asked for; everything else is answered whole.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import Request, Response

from app.api.completing import complete
from app.api.fields import Selection
from app.api.http.streaming import stream
from app.api.observability.request_context import request_context
from app.db.work import bounded
from app.errors import ParameterError
from app.exports.entries import Entries
from app.exports.format import (
    Entry,
    Feed,
    FeedFormat,
    Format,
    InterviewDocument,
    InterviewFormat,
    ItemDocument,
    ItemFormat,
    ListFormat,
)
from app.queries import limits
from app.queries.embedding import Item
from app.queries.last_changes import last_changes
from app.queries.paging import Listing, Ranked, walk

PAGED_BY = ("limit", "cursor", "page")
# Parameters of a feed that are not those of the page with the same list.
_OF_FEED = frozenset({*PAGED_BY, "format", "csv_guard"})
# Answers are read with their questions.
_LISTS_WITH_PAGES = frozenset({"interviews", "questions"})
# Characters that are sent at a time, at least: few enough for memory, enough to be worth a system call.
_PIECE = 32_768
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def asks_for_page(request: Request) -> bool:
    """Whether a request says which part of the list it wants."""
    return any(name in request.query_params for name in PAGED_BY)


def refuse(format_name: str, **parameters: Any) -> None:
    """Refuse parameters that a format has no place for; ignoring them would answer another question.

    Raises:
        ParameterError: one of them is given.
    """
    for name, value in parameters.items():
        if value is not None:
            raise ParameterError(name, f"`{name}` has no place in {format_name}; leave it out, or ask for JSON.")


def export_whole_list(
    request: Request,
    connection: sa.Connection,
    reading: AbstractContextManager[Any],
    list_format: ListFormat,
    listing: Listing | Ranked,
    selection: Selection,
    *,
    guarded: bool,
) -> Response:
    """Stream every item of a list. The transaction `reading` is closed when that is done."""
    items = complete(walk(connection, listing), selection, request.app.state.settings.public_url)
    rendered = _renderer(list_format, guarded=guarded)(items, selection.columns)
    headers = _attachment(request, list_format)
    return stream(request, reading, _pieces(rendered), media_type=list_format.content_type, headers=headers)


def export_page(
    request: Request,
    list_format: ListFormat,
    items: Iterable[Item],
    selection: Selection,
    *,
    guarded: bool,
) -> Response:
    """Write the items of one page of a list."""
    completed = complete(items, selection, request.app.state.settings.public_url)
    body = "".join(_renderer(list_format, guarded=guarded)(completed, selection.columns))
    return Response(body, media_type=list_format.content_type, headers=_attachment(request, list_format))


def entries_of(request: Request, connection: sa.Connection, kind: Entries, items: Sequence[Item]) -> list[Entry]:
    """Make entries of items, each with when it last changed."""
    changed = last_changes(connection, [each for item in items for each in kind.ids(item)])
    return kind.made_of(items, changed, _newest(request), request.app.state.settings.public_url)


def export_feed(
    request: Request,
    feed_format: FeedFormat,
    title: str,
    entries: Sequence[Entry],
    scope: str,
    about: Mapping[str, Any],
) -> Response:
    """Write one page of a feed; `about` is the `page` that its JSON would have."""
    base = request.app.state.settings.public_url
    query = f"?{request.url.query}" if request.url.query else ""
    own = {"self": f"{base}{request.url.path}{query}", "next": about["next"], "previous": about["previous"]}
    if "format" not in request.query_params:
        # A link of a feed leads to a feed, whatever the client accepts.
        parameter = f"format={feed_format.name}"
        own = {relation: to and f"{to}{'&' if '?' in to else '?'}{parameter}" for relation, to in own.items()}
    feed = Feed(
        title=title,
        entries=entries,
        scope=scope,
        # A feed without entries may have lost its last one at any revision, the newest included.
        updated=max((entry.updated for entry in entries), default=_newest(request)),
        links={relation: address for relation, address in own.items() if address},
        web_page=_page_of_list(request, base),
        base=base,
    )
    return Response(feed_format.render(feed), media_type=feed_format.content_type)


def _page_of_list(request: Request, base: str) -> str | None:
    """Return the page that shows a list, with its filters; of a list that belongs to an item, the item's page."""
    noun, *rest = request.url.path.removeprefix("/v1/").split("/")
    if rest:
        return f"{base}/{noun}/{rest[0]}"
    filters = [(name, value) for name, value in request.query_params.multi_items() if name not in _OF_FEED]
    return f"{base}/{noun}{'?' if filters else ''}{urlencode(filters)}" if noun in _LISTS_WITH_PAGES else None


def _newest(request: Request) -> datetime.datetime:
    corpus = request_context(request.scope).corpus
    return corpus.made_at if corpus else _EPOCH


def export_interview(interview_format: InterviewFormat, interview: Item, record: Item, base: str) -> Response:
    """Write one interview.

    Raises:
        NoTimesError: the format needs times, and there are none.
        ClientLeftError, StatementTimeError: nobody waits for it any more, or it takes too long.
    """
    go_on = bounded(limits.RENDERING_SECONDS, "The interview is too long to be written in this format.")
    body = interview_format.render(InterviewDocument(interview, record, base, go_on))
    return _shown(body, interview_format, interview["slug"])


def export_item(item_format: ItemFormat, document: ItemDocument) -> Response:
    """Write one question or one answer."""
    name = (document.answer or document.question)["id"]
    return _shown(item_format.render(document), item_format, name)


def _shown(body: str, known: Format, name: str) -> Response:
    """Answer with what a browser shows, and saves under a name if it is asked to."""
    headers = {"Content-Disposition": f'inline; filename="{name}{known.suffix}"'}
    return Response(body, media_type=known.content_type, headers=headers)


def _renderer(list_format: ListFormat, *, guarded: bool) -> Callable[[Iterable[Item], Sequence[str]], Iterator[str]]:
    return list_format.render if guarded else list_format.render_bare or list_format.render


def _pieces(rendered: Iterator[str]) -> Iterator[str]:
    waiting, length = [], 0
    for each in rendered:
        waiting.append(each)
        length += len(each)
        if length >= _PIECE:
            yield "".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield "".join(waiting)


def _attachment(request: Request, list_format: ListFormat) -> dict[str, str]:
    """Name the file after the list: slugs and the words of paths need no quoting in a header."""
    last = request.url.path.rpartition("/")[2]
    name = "-".join([*request.path_params.values(), last])
    return {"Content-Disposition": f'attachment; filename="{name}{list_format.suffix}"'}
