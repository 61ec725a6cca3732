"""Articles against a small record: which words are a quotation, whom each is claimed of, and what is true of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_verify import Verifying

RECORD = """Title: The lamp room
Date: 2019-06-01

BRAM OSTERLEY: Who lights the lamps?

SAL DE WINTON: The harbour board did not pay for the oil. We lit every lamp by hand. It was a long night.

BRAM OSTERLEY: Was it worth it?

SAL DE WINTON: It was worth every hour. The board thanked nobody. I would do it again tomorrow.
"""


@pytest.fixture
def run(database_url: str, load: Any) -> Verifying:
    load(RECORD, name="lamp-room.txt")
    return Verifying(database_url)


class Article:
    """Verifies articles against the record."""

    def __init__(self, run: Verifying, folder: Path) -> None:
        self._run, self._file = run, folder / "article.md"

    def __call__(self, text: str, code: int = 0) -> list[dict[str, Any]]:
        self._file.write_text(text)
        items: list[dict[str, Any]] = json.loads(
            self._run.output("verify", "--file", self._file, "--json", "--fewest-words", "2", code=code)
        )
        return items


@pytest.fixture
def article(run: Verifying, tmp_path: Path) -> Article:
    return Article(run, tmp_path)


def test_halves_that_skip_words_of_one_sentence_are_altered(article: Article) -> None:
    [item] = article("“The harbour board did,” Sal de Winton said, “pay for the oil.”", code=3)
    assert item["verdict"] == "altered"
    assert [(one["kind"], one["stands"]) for one in item["matches"][0]["differences"] if one["stands"] == "not"] == [
        ("left_out", "not")
    ]


def test_halves_of_different_sentences_are_two_quotations(article: Article) -> None:
    items = article("“It was worth every hour,” Sal de Winton said, “I would do it again tomorrow.”")
    assert [item["verdict"] for item in items] == ["folded", "exact"]
    assert all("parts_apart" not in item["matches"][0]["cautions"] for item in items)


def test_halves_may_not_run_two_sentences_into_one(article: Article) -> None:
    [item] = article("“We lit every,” Sal de Winton said, “long night.”", code=3)
    assert item["verdict"] == "altered"
    [item] = article("“We lit every lamp by hand,” Sal de Winton said, “was a long night.”", code=0)[:1]
    assert item["verdict"] == "folded"


def test_halves_that_were_said_apart_are_shown_with_a_caution(article: Article) -> None:
    items = article("“I would do it again tomorrow,” Sal de Winton said, “We lit every lamp by hand.”")
    assert [item["matches"][0]["cautions"] for item in items] == [["parts_apart"], ["parts_apart"]]


def test_a_sentence_that_has_ended_is_not_interrupted(article: Article) -> None:
    items = article(
        "Sal de Winton says “It was a long night.” The answer, she says, was short: “The board thanked nobody.”"
    )
    assert [item["verdict"] for item in items] == ["exact", "exact"]


def test_a_listeners_interjection_divides_no_speech(run: Verifying, load: Any) -> None:
    load(
        "Title: The ice house\nDate: 2020-02-02\n\nLEN ABARA: Where was the ice?\n\n"
        "NIA FOLD: We cut it from the upper pond.\n\nLEN ABARA: Mm-hmm.\n\nNIA FOLD: Then we packed it in straw.\n\n"
        "LEN ABARA: Did it last?\n\nNIA FOLD: Until June.\n",
        name="ice.txt",
    )
    verdict = run.json("verify", "We cut it from the upper pond. Then we packed it in straw.", "--speaker", "nia-fold")
    assert (verdict["verdict"], verdict["matches"][0]["cautions"]) == ("folded", ["listener_left_out"])
    assert len(verdict["matches"][0]["places"]) == 2
    assert "in “The ice house” (2020-02-02)" in verdict["explanation"]
    shown = run.output("verify", "Then we packed it in straw. Until June.", "--speaker", "nia-fold", code=3)
    assert shown.startswith("not_found")


def test_the_nearest_passage_is_shown_as_not_the_same(run: Verifying) -> None:
    shown = run.output("verify", "the harbour board would happily sell oil for every single lamp", code=3)
    assert shown.startswith("not_found")
    assert "is not the same" in shown
    assert "not the same: “harbour board did not pay for the oil" in shown
