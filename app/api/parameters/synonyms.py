"""What other interfaces call the parameters of this one: a guessed name leads to the right one in a refusal."""

import re
from collections.abc import Collection

from app.text.folding import nearest

# By the name of a parameter here: what it is called elsewhere, in lower case without hyphens, underscores and brackets.
_ELSEWHERE = {
    "q": "search query searchterm searchquery keyword keywords term terms text words contains find filter match s",
    "text": "quote quotation q query passage words sentence",
    "limit": "perpage pagesize count size max maxresults maxitems top first take rows num number results rpp "
    "itemsperpage",
    "cursor": "offset skip start after before next nextcursor pagetoken nextpagetoken token continuation startingafter "
    "endingbefore scroll since",
    "page": "offset skip start pagenumber pageno pagenum pageindex p",
    "include": "expand embed with populate includes extra extend relations",
    "fields": "select only attributes properties columns props include expand exclude omit",
    "facets": "aggregations aggs aggregate counts facet facetfields groupby group",
    "sort": "order orderby sortby ordering sortorder sortfield orderdirection direction dir",
    "format": "output outputformat type mediatype contenttype accept as alt export",
    "language": "lang locale hl languagecode lng",
    "speaker": "author person people name who names speakerid speakername speakerslug interviewee guest",
    "answered_by": "answeredby answerer answerby interviewee respondent guest author to",
    "asked_by": "askedby asker askby interviewer host questioner",
    "topic": "tag tags subject subjects category categories concept theme about topicid topicslug topics keyword",
    "topic_scope": "scope descendants narrower recursive includenarrower",
    "topic_state": "state status topicstatus confirmed proposed",
    "interview": "interviewid interviewslug transcript conversation episode document doc source",
    "publisher": "outlet site website domain organisation organization newspaper",
    "series": "show podcast program programme collection column",
    "published_from": "from since after startdate datefrom fromdate start mindate publishedafter gte newerthan date",
    "published_to": "to until till before enddate dateto todate end maxdate publishedbefore lte olderthan date",
    "year": "date published years",
    "role": "roles part as",
    "answered": "hasanswer hasanswers isanswered unanswered",
    "context": "surrounding window around neighbours neighbors turns",
    "revision": "version rev v",
    "start": "begin offset from startoffset",
    "end": "to until endoffset stop",
    "from": "before old a base left",
    "to": "after new b head right",
    "data": "include full withdata body payload",
    "mode": "matching searchmode type operator",
    "as_written": "exact verbatim nofuzzy literal fuzzy fuzziness spelling spellcheck autocorrect typotolerance nfpr",
}
_LEFT_OUT = re.compile(r"[\W_]+")
# Names told for one guess, at most.
_MOST = 3


def meant_by(guess: str, known: Collection[str]) -> list[str]:
    """Return the known parameters that a guess may mean: what is called so elsewhere, else what is spelled alike.

    A name that differs in case, hyphens and brackets alone is the same, as `include[]` and `Topic-Scope` are.
    """
    plain = _plain(guess)
    same = [name for name in known if _plain(name) == plain]
    called = [name for name, guesses in _ELSEWHERE.items() if name in known and plain in guesses.split()]
    return (same or called or nearest(guess, known))[:_MOST]


def _plain(name: str) -> str:
    return _LEFT_OUT.sub("", name[:120]).lower()
