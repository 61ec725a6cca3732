"""Things to cite, made of whatever a source may state."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from app.citations import Citation, Noun, Subject, cite
from app.structure.pairing import Attribution, Role
from tests.exports.documents import NASTY, person

BASE = "https://quoth.example"
SOURCE_URL = "https://river.example/talk"
# How long an example takes says nothing here.
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def turn(number: int, text: str, speaker: str | None = None, **more: Any) -> dict[str, Any]:
    """One turn, as queries return it, at the beginning of its source."""
    return {
        "id": f"1x-t{number}",
        "text": text,
        "speaker": speaker,
        "source_start": 0,
        "source_end": len(text),
        "segments": None,
        **more,
    }


def interview(people: list[dict[str, Any]] | None = None, **stated: Any) -> dict[str, Any]:
    """An interview; what is not stated is None."""
    return {
        "id": "1x",
        "slug": "talk",
        "title": "A talk",
        "language": None,
        "language_attribution": Attribution.UNKNOWN,
        "published": None,
        "publisher": None,
        "series": None,
        "source_url": None,
        "revision": 1,
        "people": people or [],
        **stated,
    }


def answer(*turns: dict[str, Any], people: list[dict[str, Any]] | None = None, **stated: Any) -> Subject:
    """An answer of these turns."""
    return Subject(Noun.ANSWER, "1x-a2", interview(people, **stated), turns, 3, 1, 2)


_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
_FRAGMENTS = st.one_of(
    st.sampled_from(
        (*NASTY, "{", "}", "{{", "}}", "\\", "\\'", "%", "&", "~", "^", "@misc{x,", " and ", "--", "''", "``", "TY  - ")
    ),
    st.sampled_from(("\r\nER  - \r\n", "Roe, Jane", "O'Neil", "שלום", "مرحبا", "\u202eabc", "\u2066x", "  ", "word")),
    st.text(_CHARACTERS, max_size=5),
)
NASTY_TEXT = st.lists(_FRAGMENTS, min_size=1, max_size=8).map("".join)
DATES = st.sampled_from((None, "2023", "2023-11", "2023-11-05", "0987"))


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    """Citations of answers in interviews of which anything may be stated."""
    optional = st.none() | NASTY_TEXT
    people = [
        person(f"p{number}", draw(optional), draw(st.sampled_from(Role)), draw(optional))
        for number in range(draw(st.integers(0, 3)))
    ]
    speaker = draw(st.sampled_from([None, *(each["slug"] for each in people)]))
    stated = {name: draw(optional) for name in ("publisher", "series")}
    url = draw(st.none() | NASTY_TEXT.map(lambda rest: f"https://river.example/{''.join(rest.split())}"))
    subject = answer(
        turn(1, f"{draw(NASTY_TEXT)} word", speaker),
        people=people,
        title=f"word {draw(NASTY_TEXT)}",
        published=draw(DATES),
        source_url=url,
        **stated,
    )
    return cite(subject, base=draw(st.sampled_from(("", BASE))))
