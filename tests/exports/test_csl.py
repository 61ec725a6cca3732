import json
import re
import warnings
from importlib import resources
from typing import Any

from citeproc import Citation as Cite
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given

from app.citations import Citation, cite
from app.exports.csl import item, render
from app.structure.pairing import Role
from tests.citations.subjects import BASE, SOURCE_URL, answer, citations, turn, untimed
from tests.exports.documents import person

# The specification's own lists of variables and types, as citeproc-py brings them.
_SCHEMA = resources.files("citeproc") / "data" / "schema" / "schemas" / "styles"
VARIABLES = set(re.findall(r'"([A-Za-z-]+)"', (_SCHEMA / "csl-variables.rnc").read_text("utf-8")))
TYPES = set(re.findall(r'"([a-z_-]+)"', (_SCHEMA / "csl-types.rnc").read_text("utf-8")))


def _bibliography(text: str) -> str:
    """What a citation processor makes of CSL-JSON in the style that it brings."""
    read = json.loads(text)
    with warnings.catch_warnings():
        # It speaks of styles, not of what it is given.
        warnings.simplefilter("ignore")
        source = CiteProcJSON(read)
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        processor = CitationStylesBibliography(style, source, formatter.plain)
        processor.register(Cite([CitationItem(read[0]["id"])]))
        [entry] = processor.bibliography()
    return str(entry)


@untimed
@given(citations())
def test_every_variable_is_one_of_the_specification_and_says_what_was_cited(citation: Citation) -> None:
    reference = citation.reference
    [read] = json.loads(render(reference))
    assert set(read) - {"id", "type"} <= VARIABLES
    assert read["type"] == "interview"
    assert "interview" in TYPES
    assert read["title"] == reference.title
    assert read.get("author", []) == [{"literal": name} for name in reference.authors]
    parts: Any = read.get("issued", {"date-parts": [[]]})["date-parts"]
    assert "-".join(f"{part:02}" if at else f"{part:04}" for at, part in enumerate(parts[0])) == (
        reference.published or ""
    )
    assert None not in read.values()


@untimed
@given(citations())
def test_processor_takes_it(citation: Citation) -> None:
    entry = _bibliography(render(citation.reference))
    assert not citation.reference.date_parts or str(citation.reference.date_parts[0]) in entry


def test_processor_writes_names_whole_and_the_date_as_far_as_it_is_known() -> None:
    people = [person("a", "Ans", Role.INTERVIEWEE), person("doe", "DOE", Role.INTERVIEWER, "John van Doe")]
    stated = {"published": "2023-11", "source_url": SOURCE_URL, "publisher": "River Press"}
    found = cite(answer(turn(1, "It", "a"), people=people, **stated), base=BASE).reference
    entry = _bibliography(render(found))
    assert "Unnamed interviewee" in entry
    assert "2023" in entry
    assert "A talk" in entry
    assert item(found)["interviewer"] == [{"literal": "John van Doe"}]
    assert "accessed" not in item(found)
