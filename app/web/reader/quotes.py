"""/quotes: the quote checker. A quotation has an address of its own; an article is posted, and stored nowhere."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.items import NoParameters
from app.api.parameters.single import single_values
from app.api.resources.quotes import CHECKER, page_of_verdict
from app.citations import Noun, cite
from app.errors import ParameterError
from app.queries import articles, questions, speakers
from app.queries.citations import find_subject
from app.queries.embedding import Item
from app.queries.filters import Filters
from app.queries.filters.grammar import AnyText, Storable
from app.queries.paging import PageRequest, read_page
from app.queries.people_search import NameMatch
from app.queries.quotes import CONTEXT_LENGTH, verify
from app.quotes import MAX_QUOTATION_LENGTH, Verdict, read_quotation, token_texts
from app.quotes.article import FEWEST_WORDS, find_quotations
from app.quotes.quoted import QuotedKind
from app.text.names import name_words
from app.web.plain_verdict import PlainVerdict, Tone, in_plain_words
from app.web.quotation_marks import Piece, context, mark
from app.web.said import in_short
from app.web.site import Site, page
from app.web.sites import about
from app.web.sites.embedded import Place, read_address

# Characters of a name, and people whom one name may mean, at most.
_LONGEST_NAME, _MOST_MEANT = 200, 20
# Quotations of an article that are shown, at most.
_MOST_SHOWN = 200
_MOST_FIELDS = 9
_FORM = "application/x-www-form-urlencoded"


class _ArticleRoute(ReadingRoute):
    """A route that takes an article: half a million Latin letters, percent-encoded, or some sixty thousand others."""

    body_bytes = 512 * 1024


router = APIRouter(route_class=_ArticleRoute, include_in_schema=False, dependencies=[Depends(single_values)])


class CheckParameters(NoParameters):
    """A quotation, and who is said to have said it."""

    q: Annotated[str, Storable, AnyText] | None = Field(default=None, max_length=MAX_QUOTATION_LENGTH)
    speaker: Annotated[str, Storable, AnyText] | None = Field(default=None, max_length=_LONGEST_NAME)


@dataclass(frozen=True)
class Form:
    """What somebody pasted into the form."""

    text: str
    speaker: str | None


@dataclass(frozen=True)
class Claimed:
    """The people whom a name means: any one of them is claimed as the speaker."""

    slugs: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A passage, as the page shows it. `place` leads to it, `before` and `after` are what stands around it."""

    item: Item
    place: Place
    before: str
    after: str


@dataclass(frozen=True)
class Checked:
    """A quotation with its verdict. `found` are the passages that say it, or the nearest one, which does not."""

    item: Item
    plain: PlainVerdict
    pieces: Sequence[Piece]
    found: Sequence[Found]
    address: str | None

    @property
    def is_match(self) -> bool:
        """Whether the passages say it, or nearly."""
        return bool(self.item["matches"])


async def read_form(request: Request) -> Form:
    """Read what the form sends.

    Raises:
        ParameterError: it is not what the form sends, or has no words.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise ParameterError("body", f"Send the form as {_FORM}.")
    try:
        body = (await request.body()).decode()
        fields = dict(parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise ParameterError("body", "The form cannot be read: send its fields in UTF-8, percent-encoded.") from error
    if unknown := set(fields) - {"text", "speaker"}:
        raise ParameterError(min(unknown)[:120], "There is no such field here.")
    text = fields.get("text", "").replace("\r\n", "\n").replace("\0", "").strip()
    speaker = fields.get("speaker", "").strip()
    if len(speaker) > _LONGEST_NAME:
        raise ParameterError("speaker", f"A name has {_LONGEST_NAME} characters at most.")
    return Form(text, speaker or None)


@router.get(CHECKER)
def show_checker(request: Request, database: Open, asked: Annotated[CheckParameters, Query()]) -> Response:
    """Show the form and, where a quotation is asked for, what is true of it."""
    site: Site = request.app.state.site
    text = (asked.q or "").strip()
    if not text:
        title, lead = site.texts("check-title").unescape(), site.texts("check-lead").unescape()
        head = about.collection(site, title, lead, CHECKER)
        return page(request, "quotes.html", about=head, form=Form("", asked.speaker))
    if not read_quotation(text).words:
        raise ParameterError("q", "Write at least one word.")
    return _show_quotation(request, database, Form(text, asked.speaker))


def _show_quotation(request: Request, database: Open, form: Form) -> Response:
    site: Site = request.app.state.site
    with database.read() as connection:
        claimed = _claimed(connection, form.speaker)
        verdict = verify(connection, form.text, claimed.slugs)
        checked = _checked(site, verdict, claimed.names, form.speaker)
        sentence = _sentence(connection, checked, site.base)
        question = _question(connection, checked)
    match = checked.found[0].item if checked.is_match else None
    head = about.checked(site, form.text, match, checked.plain, checked.address)
    return page(
        request,
        "quotation.html",
        about=head,
        form=form,
        checked=checked,
        sentence=sentence,
        question=question,
    )


@router.post(CHECKER)
def check(request: Request, database: Open, form: Annotated[Form, Depends(read_form)]) -> Response:
    """Check what was pasted: lead to the address of a quotation, or show what is true of each one in an article."""
    site: Site = request.app.state.site
    if not read_quotation(form.text).words:
        raise ParameterError("text", "Write at least one word.")
    address = page_of_verdict(form.text, form.speaker)
    if not is_article(form.text):
        if address is not None:
            return RedirectResponse(f"{site.root}{address}", status_code=303, headers={"Cache-Control": "no-store"})
        answer = _show_quotation(request, database, form)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    with database.read() as connection:
        claimed = _claimed(connection, form.speaker)
        items = list(articles.verify_article(connection, form.text, FEWEST_WORDS, *claimed.slugs[:1]))
        names = speakers.find_names(connection, {slug for item in items for slug in item["speakers"]})
    quoted = [item for item in items if item["kind"] is QuotedKind.QUOTATION]
    others = [item for item in items if item["kind"] is not QuotedKind.QUOTATION]
    checked = []
    for item in quoted[:_MOST_SHOWN]:
        meant = list(dict.fromkeys(names[slug] for slug in item["speakers"]))
        checked.append(_checked(site, item, meant, meant[0] if meant else None))
    counts = Counter(one.plain.tone for one in checked)
    title = site.texts("check-article-title", count=len(checked)).unescape()
    answer = page(
        request,
        "article.html",
        about=about.searched(title, title),
        form=form,
        checked=checked,
        others=others,
        counts=[(tone, counts[tone]) for tone in Tone if counts[tone]],
        is_cut=len(quoted) > _MOST_SHOWN,
        # One quotation in few words may stand within another.
        as_one=address if len(items) == 1 else None,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def is_article(text: str) -> bool:
    """Whether a text has quotations in it, and words beside them; what is longer than a quotation may be is one too."""
    if len(text) > MAX_QUOTATION_LENGTH:
        return True
    rest, at = "", 0
    found = find_quotations(text, FEWEST_WORDS)
    for one in found:
        rest, at = rest + text[at : one.start], one.end
    return bool(found) and (len(found) > 1 or bool(token_texts(rest + text[at:])))


def _claimed(connection: sa.Connection, name: str | None) -> Claimed:
    """Find whom a name, or a slug, means.

    Raises:
        ParameterError: nobody; near names are suggested.
    """
    if not name:
        return Claimed()
    if called := speakers.find_names(connection, [name]):
        return Claimed(tuple(called), tuple(called.values()))
    if not name_words(name):
        raise ParameterError("speaker", "Write at least one word of a name.")
    listing = speakers.listing(connection, Filters(), "relevance", name)
    rows = read_page(connection, listing, PageRequest("claimed", _MOST_MEANT)).items
    people = listing.embed(connection, rows)
    for wanted in (NameMatch.NAME, NameMatch.WORDS):
        meant = [one for one in people if one["match"] == wanted]
        if meant:
            names = dict.fromkeys(one["name"] or one["display_name"] for one in meant)
            return Claimed(tuple(one["slug"] for one in meant), tuple(names))
    near = [one["name"] for one in people if one["name"]]
    raise ParameterError("speaker", f"Nobody here is called {name[:80]!r}.", near[:3])


def _checked(site: Site, item: Item, names: Sequence[str], speaker: str | None) -> Checked:
    shown = item["matches"] or ([item["nearest"]] if item["nearest"] else [])
    differences = item["matches"][0]["differences"] if item["matches"] else []
    return Checked(
        item,
        in_plain_words(item, site.texts, names),
        mark(item["text"], differences, is_altered=item["verdict"] is Verdict.ALTERED),
        [_found(one) for one in shown],
        page_of_verdict(item["text"], speaker),
    )


def _found(match: Item) -> Found:
    place = read_address(match["citation"]["permalink"], "")
    assert place is not None  # noqa: S101 - the address is one of ours
    return Found(match, place, *context(match, CONTEXT_LENGTH))


def _sentence(connection: sa.Connection, checked: Checked, base: str) -> str | None:
    """Return how the first passage is cited, if it says the quotation."""
    if not checked.is_match:
        return None
    place = checked.found[0].place
    subject = find_subject(connection, Noun(place.noun.removesuffix("s")), place.name, place.turn, place.revision)
    return cite(subject, place.start, place.end, turn_id=place.turn, base=base).reference.sentence


def _question(connection: sa.Connection, checked: Checked) -> dict[str, Any] | None:
    """Return the question that the first passage answers or is of."""
    asked = checked.found[0].item["question_id"] if checked.found else None
    found = questions.with_ids(connection, [asked], ()).get(asked) if asked else None
    if found is None:
        return None
    return {**found, "short": in_short(found["text"], found["interview"]["language"], found["text_format"])}
