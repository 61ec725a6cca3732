"""The beginnings of texts, as lists show them."""

import pytest

from app.transcripts.transcript import TextFormat
from app.web.said import excerpt


@pytest.mark.parametrize("text_format", list(TextFormat))
def test_lines_and_paragraphs_do_not_run_together(text_format: TextFormat) -> None:
    assert excerpt("Who\nkept it?\n\nNobody.", text_format, 200) == "Who kept it? Nobody."
    assert excerpt("Who kept it?\n\nNobody.", text_format, 16) == "Who kept it?…"
