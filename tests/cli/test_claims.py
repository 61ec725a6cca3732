"""Whom an article claims as the speaker of each quotation, against a small record in which people share a name."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_verify import Verifying
from tests.cli.test_verify_articles import Article

RECORDS = (
    """Title: The salt road
Date: 2018-04-09

PETRA OKAFOR-LINDE: How did you cross the pass?

MARIO DELL’ACQUA: We never crossed it alone. The mules were slow, but they were loyal. My father walked in front.

PETRA OKAFOR-LINDE: Did you earn well?

MARIO DELL’ACQUA: We earned two coins a sack. It paid for shoes, not for dreams.
""",
    """Title: The print shop
Date: 2021-11-20

PETRA OKAFOR-LINDE: Was the shop ever closed?

INGEBORG VON STRAATEN: It was closed twice by the censor. Both times we opened again within a week.

PETRA OKAFOR-LINDE: What remains?

INGEBORG VON STRAATEN: One press, eleven drawers and my bad back.
""",
    """Title: The lighthouse choir
Date: 2016-07-01

PETRA OKAFOR-LINDE: How many sang?

TOM STRAATEN: Forty of us sang on the rocks. Nobody could hear the tenors over the sea.

JUNO PAREKH: I could hear them. The fog horn was always flat.

TOM STRAATEN: The fog horn was perfectly in tune.

JUNO PAREKH: We still argue about it every summer.
""",
)
MARIO, INGEBORG, TOM, JUNO, PETRA = (
    "mario-dell-acqua", "ingeborg-von-straaten", "tom-straaten", "juno-parekh", "petra-okafor-linde"
)  # fmt: skip


@pytest.fixture
def article(database_url: str, load: Any, tmp_path: Path) -> Article:
    for number, record in enumerate(RECORDS):
        load(record, name=f"record-{number}.txt")
    return Article(Verifying(database_url), tmp_path)


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("“The mules were slow,” recalled Mario Dell’Acqua.", [MARIO]),
        ("“The mules were slow,” Mario Dell’Acqua whistled.", [MARIO]),
        ("As Mario Dell’Acqua puts it, “it paid for shoes, not for dreams”.", [MARIO]),
        ("For Mario Dell’Acqua, “the mules were slow, but they were loyal”.", [MARIO]),
        ("In Mario Dell’Acqua’s own words, “it paid for shoes, not for dreams”.", [MARIO]),
        ("“It was closed twice by the censor,” von Straaten remembered. Ingeborg von Straaten kept it.", [INGEBORG]),
        ("Prof. Ingeborg von Straaten: “It was closed twice by the censor.”", [INGEBORG]),
        ("Asked about it, Ingeborg von Straaten had a short answer: “It was closed twice by the censor.”", [INGEBORG]),
        ("“It was closed twice by the censor” (Ingeborg von Straaten, 2021).", [INGEBORG]),
        ("> One press, eleven drawers and my bad back.\n> <cite>Ingeborg von Straaten</cite>", [INGEBORG]),
        (
            "> **Petra Okafor-Linde:** What remains?\n>\n> **Tom Straaten:** Forty of us sang on the rocks.",
            [PETRA, TOM],
        ),
        ("Juno Parekh counters: “I could hear them.”", [JUNO]),
        ("“I could hear them,” countered Juno Parekh, whom Tom Straaten had teased.", [JUNO]),
        ("“Forty of us sang on the rocks,” Tom Straaten told Petra Okafor-Linde.", [TOM]),
        ("Over tea, Mario Dell’Acqua smiled. “The mules were slow, but they were loyal.”", [MARIO]),
        ("“I could hear them,” Juno Parekh told Tom Straaten. “The fog horn was always flat,” she added.", [JUNO] * 2),
        (
            "“How many sang?” asked Petra Okafor-Linde. “Forty of us sang,” came the reply from Tom Straaten.",
            [PETRA, TOM],
        ),
        (
            "Tom Straaten insists: “The fog horn was perfectly in tune.” Parekh laughs: “I could hear them.”",
            [TOM, JUNO],
        ),
        (
            "“I could hear them,” Juno Parekh said, while Tom Straaten said: “Forty of us sang on the rocks.”",
            [JUNO, TOM],
        ),
        (
            "Tom Straaten is sure: “Forty of us sang on the rocks.” He adds that “the fog horn was perfectly in tune”.",
            [TOM] * 2,
        ),
    ],
)
def test_the_speaker_is_named_by_grammar(article: Article, text: str, claimed: list[str]) -> None:
    items = article(text)
    assert [item["attribution"]["speakers"] for item in items] == [[slug] for slug in claimed]
    assert {item["verdict"] for item in items} <= {"exact", "folded"}


@pytest.mark.parametrize(
    "text",
    [
        "Tom Straaten came from the north. Juno Parekh replied, “The fog horn was perfectly in tune.”",
        "“I could hear them,” Juno Parekh said, while Tom Straaten said: “I could hear them.”",
        "Ingeborg von Straaten keeps the shop.\n\n“Forty of us sang on the rocks,” Straaten said.",
        "“We earned two coins a sack,” according to Ingeborg von Straaten.",
        "For Ingeborg von Straaten, “we earned two coins a sack”.",
    ],
)
def test_a_named_speaker_who_did_not_say_it_is_misattributed(article: Article, text: str) -> None:
    assert article(text, code=3)[-1]["verdict"] == "misattributed"


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Tom Straaten and Juno Parekh sang there, and “we still argue about it every summer”.", "several_names"),
        ("Juno Parekh sat beside a horn, and “the fog horn was perfectly in tune” was heard.", "other_name"),
        ("“Forty of us sang on the rocks,” Straaten said.", "same_name"),
    ],
)
def test_who_is_not_sure_accuses_nobody_and_says_so(article: Article, text: str, doubt: str) -> None:
    [item] = article(text)
    assert (item["attribution"]["doubt"], item["verdict"] in {"exact", "folded"}) == (doubt, True)


def test_a_stranger_of_the_same_surname_is_nobody_of_the_record(article: Article) -> None:
    [item] = article("“Forty of us sang on the rocks,” said Bertha Straaten.")
    assert item["attribution"]["speakers"] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("She then wrote “A Song for the Drowned Bells” and left.", "title"),
        ("Juno Parekh’s novel “Nine Lamps Below the Harbour” sold out.", "title"),
        ("It was a so-called “winter of discontent” for all.", "term"),
    ],
)
def test_titles_and_terms_fail_no_check(article: Article, text: str, kind: str) -> None:
    assert [item["kind"] for item in article(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "“The Mules Are Kings of Salt,” said Mario Dell’Acqua.",
        "Mario Dell’Acqua called them “a nest of proud kings”.",
        "They called the mules “a nest of proud kings”.",
        "The road, he wrote: “A Nest of Proud Kings”",
        "“THE MULES ARE KINGS OF SALT” was written there.",
    ],
)
def test_words_of_somebody_are_no_title_and_no_term(article: Article, text: str) -> None:
    [item] = article(text, code=3)
    assert (item["kind"], item["verdict"]) == ("quotation", "not_found")
