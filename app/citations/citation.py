"""Puts a citation together, and decides what permalinks look like."""

from dataclasses import dataclass
from urllib.parse import urlencode

from app.citations import selectors
from app.citations.reference import Reference, address, refer
from app.citations.selectors import Target
from app.citations.subject import CitedText, Item, Noun, Subject, cited_text
from app.citations.text_fragment import text_fragment

# Code points of the source before and after the cited text in which a link's words have to be unique: some ten hours of
# talk, to bound the time.
_PAGE_REACH = 500_000
# The id of the marked passage on a page.
PASSAGE = "passage"


@dataclass(frozen=True)
class Citation:
    """Everything that is needed to cite a text. For an interview as a whole, text and range are None and targets empty.

    `start` and `end` are None where the whole text is cited. `in_turns` and `in_source` have one target a turn;
    `in_source` is empty without the source text. Addresses begin with the base, or are relative without one.
    """

    subject: Subject
    text: str | None
    start: int | None
    end: int | None
    turn_id: str | None
    permalink: str
    transcript_address: str
    source_address: str
    in_turns: tuple[Target, ...]
    in_source: tuple[Target, ...]
    text_fragment: str | None
    reference: Reference


def cite(
    subject: Subject,
    start: int | None = None,
    end: int | None = None,
    *,
    turn_id: str | None = None,
    source_text: str | None = None,
    base: str = "",
) -> Citation:
    """Cite a question, an answer, an interview, or a range of one.

    `start` and `end` count code points of the item's text, or of the text of turn `turn_id`; without them, the whole is
    cited. `source_text` is the text that source offsets count in; without it, there are no targets in the source, and
    the link into the publisher's page is made unique within the cited turns only. `base` begins absolute addresses.

    Raises:
        ParameterError: the range is empty, holds no word, or lies outside the text; there is no such turn; or an
            interview is to be cited by range without a turn.
    """
    cited = cited_text(subject, start, end, turn_id)
    permalink = _permalink(subject, cited, base)
    spans = () if cited is None else cited.spans
    interview = f"{base}/v1/interviews/{subject.interview['id']}"
    pinned = f"?revision={subject.interview['revision']}"
    return Citation(
        subject=subject,
        text=None if cited is None else cited.text,
        start=None if cited is None else cited.start,
        end=None if cited is None else cited.end,
        turn_id=None if cited is None else cited.turn_id,
        permalink=permalink,
        transcript_address=f"{interview}/transcript{pinned}",
        source_address=f"{interview}/source{pinned}",
        in_turns=tuple(map(selectors.in_turn, spans)),
        in_source=() if source_text is None else tuple(selectors.in_source(span, source_text) for span in spans),
        text_fragment=None if cited is None else _text_fragment(subject.interview, cited, source_text),
        reference=refer(subject, cited, permalink),
    )


def _permalink(subject: Subject, cited: CitedText | None, base: str) -> str:
    if cited is None:
        return permalink_to(subject.noun, subject.id, subject.revision, base=base)
    start, end = cited.start, cited.end
    return permalink_to(subject.noun, subject.id, subject.revision, cited.turn_id, start, end, base=base)


def permalink_to(
    noun: Noun,
    item_id: str,
    revision: int | None,
    turn_id: str | None = None,
    start: int | None = None,
    end: int | None = None,
    *,
    base: str = "",
) -> str:
    """Return the address of an item's page, pinned to its revision. There the passage is marked, and scrolled to.

    A range counts code points of the item's text, or of that of the turn that is named, as parameters of the same
    names do in citations. Interviews are addressed by id, which stays the same when a slug changes.
    """
    within = {"turn": turn_id, "start": start, "end": end}
    query = urlencode({name: value for name, value in {"revision": revision, **within}.items() if value is not None})
    fragment = "" if turn_id is None and start is None else f"#{PASSAGE}"
    return f"{base}/{noun.plural}/{item_id}{'?' if query else ''}{query}{fragment}"


def _text_fragment(interview: Item, cited: CitedText, source_text: str | None) -> str | None:
    if interview["source_url"] is None:
        return None
    spans = cited.spans
    if source_text is None:
        page = "\n".join(span.turn["text"] for span in spans)
    else:
        start, _end = selectors.source_range(spans[0])
        _start, end = selectors.source_range(spans[-1])
        page = source_text[max(0, start - _PAGE_REACH) : end + _PAGE_REACH]
    return text_fragment(address(interview["source_url"]), spans, page)
