import pytest

from app.quotes.article import find_quotations
from app.quotes.quoted import ClaimedSpeaker, Doubt

KNOWN = ("Jane Doe", "Ann Roe")


def _claim(article: str) -> ClaimedSpeaker | None:
    return find_quotations(article, is_known=lambda name: any(one.endswith(name) for one in KNOWN))[-1].attribution


@pytest.mark.parametrize(
    "article",
    [
        "“We did it all,” said the rope maker Jane Doe.",
        "“We did it all,” said its chairman, Jane Doe.",
        "“We did it all,” said a smiling Jane Doe.",
        "“We did it all,” Jane Doe — who owns the walk — said.",
        "Jane Doe (54) argues that “we did it all”.",
        "Ann Roe’s neighbour, Jane Doe, said: “We did it all.”",
        "Ann Roe met Jane Doe, who said: “We did it all.”",
        "The Herald quotes Jane Doe: “We did it all.”",
        "Jane Doe to Ann Roe: “We did it all.”",
        "Jane Doe’s letter says “we did it all”.",
        "“We did it all,” read a statement from Jane Doe.",
        "*Jane Doe* says: “We did it all.”",
        "Jane Doe wrote:\n\n> We did it all.",
        "Jane Doe said:\n\n“We did it all.”",
        "According to Jane Doe:\n\n> We did it all.",
        "En palabras de Jane Doe, «we did it all».",
        "Como dice Jane Doe, «we did it all».",
        "Nach Angaben von Jane Doe „we did it all“.",
        "Jane Doe, “we did it all” dedi.",
    ],
)
def test_whoever_says_it_by_grammar_is_claimed(article: str) -> None:
    assert _claim(article) == ClaimedSpeaker("Jane Doe")


@pytest.mark.parametrize(
    "article",
    [
        "“We did it all,” said Jane Doe’s daughter.",
        "A friend of Jane Doe said: “We did it all.”",
        "“We did it all,” a spokeswoman for Jane Doe said.",
        "“We did it all,” the mayor told Jane Doe.",
        "They told Jane Doe: “We did it all.”",
        "Jane Doe was told: “We did it all.”",
        "Jane Doe listened while the mayor said: “We did it all.”",
        "Jane Doe quotes the mayor: “We did it all.”",
        "“We did it all,” came the answer from a friend of Jane Doe.",
        "« We did it all », dit la fille de Jane Doe.",
        "„We did it all“, sagt ein Freund von Jane Doe.",
    ],
)
def test_name_beside_words_of_somebody_else_claims_nobody_and_says_so(article: str) -> None:
    claimed = _claim(article)
    assert claimed is None or claimed.doubt is Doubt.UNNAMED or not any(claimed.name == one for one in KNOWN)


def test_pronoun_after_two_names_is_in_doubt() -> None:
    claimed = _claim("Jane Doe did not agree with Ann Roe. “We did it all,” she said.")
    assert claimed == ClaimedSpeaker("Jane Doe, Ann Roe", is_inferred=True, doubt=Doubt.SEVERAL_NAMES)
