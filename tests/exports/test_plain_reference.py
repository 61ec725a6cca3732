from hypothesis import given

from app.citations import Citation
from app.exports.plain_reference import render
from tests.citations.subjects import citations, untimed


@untimed
@given(citations())
def test_sentence_is_one_line(citation: Citation) -> None:
    assert render(citation.reference).splitlines() == [citation.reference.sentence]
