import re
from functools import cache
from typing import Any

import pybtex.database
import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import example, given
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from app.citations import Citation, cite
from app.exports.bibtex import render
from app.structure.pairing import Role
from tests.citations.subjects import BASE, answer, citations, turn, untimed
from tests.exports.documents import person


def _read_by_pybtex(text: str) -> tuple[str, dict[str, str], list[str]]:
    [(key, entry)] = pybtex.database.parse_string(text, "bibtex").entries.items()
    people: Any = entry.persons.get("author", [])
    return key, dict(entry.fields), [_one_name(one) for one in people]


def _one_name(name: Any) -> str:
    """A name in braces is a last name and nothing else."""
    assert not name.first_names + name.middle_names + name.prelast_names + name.lineage_names
    [last] = name.last_names
    return str(last)


# Symbols of LaTeX itself (LaTeX2e kernel, ltoutenc.dtx) that this reader does not have, or has as an accent.
_SYMBOLS = {"braceleft": "{", "braceright": "}", "less": "<", "greater": ">", "bar": "|", "asciicircum": "^"}


@cache
def _reader() -> LatexNodes2Text:
    known = get_default_latex_context_db()
    symbols = [MacroTextSpec(f"text{name}", drawn) for name, drawn in _SYMBOLS.items()]
    known.add_context_category("symbols", macros=symbols, prepend=True)
    return LatexNodes2Text(latex_context=known, strict_latex_spaces=False)


def _as_drawn(latex: str) -> str:
    return str(_reader().latex_to_text(latex))


@untimed
@given(citations())
@example(cite(answer(turn(1, "It began"), title="\\ { } {} \\{ $x$ & % # _ ~ ^ -- --- '' ``x'' <|> \"q\" @misc{a, b}")))
def test_readers_get_back_what_was_cited(citation: Citation) -> None:
    reference = citation.reference
    key, fields, names = _read_by_pybtex(render(reference))
    assert key == reference.key
    assert _as_drawn(fields["title"]) == reference.title
    assert tuple(map(_as_drawn, names)) == reference.authors
    for name, value in (("publisher", reference.publisher), ("series", reference.series), ("note", reference.note)):
        assert _as_drawn(fields.get(name, "")) == (value or "")
    assert fields.get("url") == reference.url
    assert fields.get("date") == reference.published


@untimed
@given(citations())
def test_another_reader_finds_one_whole_entry(citation: Citation) -> None:
    library = parse_string(render(citation.reference))
    assert library.failed_blocks == []
    [entry] = library.entries
    assert (entry.entry_type, entry.key) == ("misc", citation.reference.key)
    assert _as_drawn(entry["title"]) == citation.reference.title


@untimed
@given(citations())
def test_braces_balance_even_to_a_reader_that_knows_no_backslash(citation: Citation) -> None:
    depth = 0
    for brace in re.findall("[{}]", render(citation.reference)):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0


def test_entry_is_written_as_people_write_it() -> None:
    people = [
        person("roe", "ROE", Role.INTERVIEWEE, "Jane Roe"),
        person("co", "CO", Role.INTERVIEWEE, "Mill & Sons and Co."),
    ]
    subject = answer(
        turn(1, "It"), people=people, published="2023-11", title="50% off", source_url="https://a.b/x_y?z=%7B"
    )
    both = cite(subject, base=BASE).reference
    assert render(both) == (
        "@misc{quoth-1x-a2-r3,\n"
        "  author = {{Jane Roe} and {Mill \\& Sons and Co.}},\n"
        "  title = {{50\\% off}},\n"
        "  howpublished = {Interview},\n"
        "  date = {2023-11},\n"
        "  year = {2023},\n"
        "  month = nov,\n"
        "  url = {https://a.b/x_y?z=%7B},\n"
        "  note = {Answer to question 2 (1x-a2, revision 3); https://quoth.example/answers/1x-a2?revision=3}\n"
        "}\n"
    )


@pytest.mark.parametrize(("published", "year", "month"), [("2023", "2023", None), ("0987-01", "0987", "January")])
def test_date_is_as_exact_as_it_is_known(published: str, year: str, month: str | None) -> None:
    _key, fields, _names = _read_by_pybtex(render(cite(answer(turn(1, "It"), published=published)).reference))
    assert (fields.get("year"), fields.get("month")) == (year, month)
