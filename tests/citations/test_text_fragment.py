import re
from itertools import count
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.citations.subject import CitedSpan
from app.citations.text_fragment import text_fragment
from tests.citations.subjects import turn, untimed

PAGE = "https://river.example/talk"
BLOCK = "\n"


def _directive(link: str) -> dict[str, str]:
    """Parse a text directive as its specification does: a term with a hyphen at its end or beginning is context."""
    _, _, value = link.partition(":~:text=")
    assert re.fullmatch(r"[A-Za-z0-9._~%,\-]+", value)
    terms = value.split(",")
    found = {}
    if terms[0].endswith("-"):
        found["prefix"] = terms.pop(0)[:-1]
    if terms[-1].startswith("-"):
        found["suffix"] = terms.pop()[1:]
    found.update(zip(("start", "end"), terms, strict=False))
    assert not any("-" in term for term in found.values())
    assert len(terms) in {1, 2}
    return {name: unquote(term, errors="strict") for name, term in found.items()}


def _page(turns: list[str]) -> str:
    """What a browser sees: blocks of words."""
    return BLOCK.join(" ".join(line.split()).lower() for text in turns for line in text.splitlines() if line.split())


def _find(page: str, term: str, start: int) -> int | None:
    """Find a term within one block and at the bounds of words, from an offset on."""
    for match in re.finditer(f"(?={re.escape(' '.join(term.lower().split()))})", page[start:]):
        at = start + match.start()
        until = at + len(term)
        if BLOCK not in page[at:until] and not _inside(page, at) and not _inside(page, until):
            return at
    return None


def _inside(page: str, at: int) -> bool:
    return 0 < at < len(page) and page[at - 1].isalnum() and page[at].isalnum()


def _follow(link: str, page: str) -> tuple[int, int] | None:
    """Find what a browser would show, in the order in which the specification looks for it."""
    asked = _directive(link)
    at = 0
    while True:
        if "prefix" in asked:
            before = _find(page, asked["prefix"], at)
            if before is None:
                return None
            at = before + 1
            start = before + len(asked["prefix"])
            start += len(page[start:]) - len(page[start:].lstrip())
            if _find(page, asked["start"], start) != start:
                continue
        else:
            found = _find(page, asked["start"], at)
            if found is None:
                return None
            start, at = found, found + 1
        end = start + len(asked["start"])
        while True:
            if "end" in asked:
                last = _find(page, asked["end"], end)
                if last is None:
                    break
                end = last + len(asked["end"])
            after = page[end:].lstrip()
            if "suffix" not in asked or _find(after, asked["suffix"], 0) == 0:
                return start, end
            if "end" not in asked:
                break


WORDS = st.sampled_from(
    ("the", "river", "began", "Why,", "so-called", "R&D", "it’s", "👩", "1,5", "end.", "(aside)", "“no”", "Ж", "𝔘x")
)
PARAGRAPHS = st.lists(st.lists(WORDS, min_size=3, max_size=60), min_size=1, max_size=3)
TURNS = st.lists(PARAGRAPHS, min_size=1, max_size=4)


def _numbered(turns: list[list[list[str]]], every: int) -> list[str]:
    """Write turns, with a word now and then that stands nowhere else, so that repeated ones can be told apart."""
    number = count()
    return [
        "\n\n".join(
            " ".join(f"n{next(number)}x" if at % every == every - 1 else word for at, word in enumerate(paragraph))
            for paragraph in paragraphs
        )
        for paragraphs in turns
    ]


@st.composite
def _passages(draw: st.DrawFn, every: int) -> tuple[list[str], list[CitedSpan], tuple[int, int]]:
    """Turns, a range over one or two of them, and where it stands among the characters that are no white space."""
    texts = _numbered(draw(TURNS), every)
    first = draw(st.integers(0, len(texts) - 1))
    last = draw(st.integers(first, min(first + 1, len(texts) - 1)))
    start = draw(st.integers(0, len(texts[first]) - 1))
    end = draw(st.integers(start + 1 if first == last else 1, len(texts[last])))
    spans = [CitedSpan(turn(first, texts[first]), start, end if first == last else len(texts[first]))]
    if first != last:
        spans.append(CitedSpan(turn(last, texts[last]), 0, end))

    def place(number: int, at: int) -> int:
        return sum(len("".join(text.split())) for text in [*texts[:number], texts[number][:at]])

    return texts, spans, (place(first, start), place(last, end))


@untimed
@given(_passages(every=3))
def test_link_leads_to_the_cited_words_and_to_little_more(
    passage: tuple[list[str], list[CitedSpan], tuple[int, int]],
) -> None:
    texts, spans, (begins, ends) = passage
    link = text_fragment(PAGE, spans, "\n".join(texts))
    if link is None:
        return
    page = _page(texts)
    shown = _follow(link, page)
    assert shown is not None, link
    start, end = (len("".join(page[:at].split())) for at in shown)
    assert begins - 12 <= start <= begins
    assert ends <= end <= ends + 12


@untimed
@given(_passages(every=100))
def test_link_leads_somewhere_even_where_all_repeats(
    passage: tuple[list[str], list[CitedSpan], tuple[int, int]],
) -> None:
    texts, spans, _place = passage
    link = text_fragment(PAGE, spans, "\n".join(texts))
    assert link is None or _follow(link, _page(texts)) is not None


@pytest.mark.parametrize(
    ("text", "start", "end", "directive"),
    [
        ("so-called R&D, always", 0, 21, "so%2Dcalled%20R%26D%2C%20always"),
        ("It began here", 4, 6, "began"),
        ("why not. why not now", 9, 16, "not.-,why%20not,-now"),
        ("Ж 👩", 0, 3, "%D0%96%20%F0%9F%91%A9"),
        ("始于河。后", 1, 2, "%E5%A7%8B%E4%BA%8E%E6%B2%B3%E3%80%82%E5%90%8E"),
    ],
)
def test_directive_is_written_as_the_grammar_asks(text: str, start: int, end: int, directive: str) -> None:
    assert text_fragment(PAGE, [CitedSpan(turn(1, text), start, end)], text) == f"{PAGE}#:~:text={directive}"


def test_long_passage_is_found_by_its_first_and_last_words() -> None:
    text = " ".join(f"w{number}" for number in range(500))
    link = text_fragment(PAGE, [CitedSpan(turn(1, text), 0, len(text))], text)
    assert link == f"{PAGE}#:~:text=w0%20w1%20w2%20w3,w496%20w497%20w498%20w499"


def test_writing_without_spaces_is_cut_at_its_signs() -> None:
    text = f"{'河' * 100}，{'边' * 100}。{'水' * 100}，{'山' * 100}"
    link = text_fragment(PAGE, [CitedSpan(turn(1, text), 0, len(text))], text)
    assert link is not None
    assert _directive(link) == {"start": "河" * 100, "end": "山" * 100}


def test_link_replaces_a_directive_and_keeps_a_fragment() -> None:
    spans = [CitedSpan(turn(1, "It began"), 0, 8)]
    assert text_fragment(f"{PAGE}#a:~:text=old", spans, "") == f"{PAGE}#a:~:text=It%20began"
    assert text_fragment(f"{PAGE}#:~:text=old", spans, "") == f"{PAGE}#:~:text=It%20began"


@pytest.mark.parametrize("text", ["…", "?!", "👩", "—"])
def test_nothing_to_look_for_is_no_link(text: str) -> None:
    assert text_fragment(PAGE, [CitedSpan(turn(1, text), 0, len(text))], text) is None
