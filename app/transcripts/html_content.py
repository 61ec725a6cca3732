"""Finds which lines of a page are the conversation, and leaves out the site around it."""

from collections import Counter
from collections.abc import Container, Iterable

from app.transcripts.html_text import HEADINGS, HtmlPage, PageLine

# The conversation is in the innermost element with this share of the labelled lines, or else of the text.
_SHARE_OF_LABELS, _SHARE_OF_TEXT = 0.9, 0.8


def conversation_lines(page: HtmlPage, shown: list[PageLine], labelled: Container[int] | None) -> list[PageLine]:
    """Return the lines of the conversation, out of those that are shown and not the site's.

    `labelled` are the Python ids of the lines with a label or a time; None if too few have one to go by.
    """
    weights = [(line.container, _prose_length(line) if labelled is None else id(line) in labelled) for line in shown]
    place = _innermost(page, weights, _SHARE_OF_TEXT if labelled is None else _SHARE_OF_LABELS)
    inside = [False] * len(page.parents)
    for number, parent in enumerate(page.parents):
        inside[number] = number == place or (parent >= 0 and inside[parent])
    lines = [line for line in shown if inside[line.container] or (labelled is not None and id(line) in labelled)]
    return _without_frame(lines, labelled)


def _without_frame(lines: list[PageLine], labelled: Container[int] | None) -> list[PageLine]:
    """Leave out bylines, dates, buttons and links before and after the conversation, but keep headings before it."""
    writes_paragraphs = sum(bool(line.tag) for line in lines) >= 0.8 * len(lines)

    def is_spoken(line: PageLine) -> bool:
        if line.part or (labelled is not None and id(line) in labelled):
            return True
        return line.tag not in HEADINGS and bool(line.tag or not writes_paragraphs) and not line.covered("link")

    spoken = [index for index, line in enumerate(lines) if is_spoken(line)]
    if not spoken:
        return lines
    headings = [line for line in lines[: spoken[0]] if line.tag in HEADINGS]
    return headings + lines[spoken[0] : spoken[-1] + 1]


def readmit_large_sites(lines: list[PageLine]) -> None:
    """Count a navigation, form or the like as content after all if it holds half of the text of the page."""
    sizes: Counter[int] = Counter()
    for line in lines:
        if line.site is not None:
            sizes[line.site] += _prose_length(line)
    total = sum(_prose_length(line) for line in lines)
    large = {site for site, size in sizes.items() if 2 * size >= total}
    for line in lines:
        if line.site in large:
            line.site = None


def _prose_length(line: PageLine) -> int:
    """Count the characters of a line, less twice those in links, so that lists of links count nothing."""
    linked = sum(each.end - each.start for each in line.inline if each.kind == "link")
    return max(len(line.text) - 2 * linked, 0)


def _innermost(page: HtmlPage, weights: Iterable[tuple[int, int]], share: float) -> int:
    """Return the innermost element that holds at least this share of the weight."""
    total = [0] * len(page.parents)
    for container, weight in weights:
        total[container] += weight
    heaviest = [0] * len(page.parents)
    for number in range(len(page.parents) - 1, 0, -1):
        parent = page.parents[number]
        total[parent] += total[number]
        if total[number] >= total[heaviest[parent]] or heaviest[parent] == 0:
            heaviest[parent] = number
    place, wanted = 0, max(share * total[0], 1)
    leaves = HEADINGS | {"p", "li", "dt", "dd", "td", "th", "tr", "blockquote"}
    while (below := heaviest[place]) and total[below] >= wanted and page.names[below] not in leaves:
        place = below
    return place
