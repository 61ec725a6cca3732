"""Where on a page the conversation stands, without the site around it."""

from collections import Counter
from collections.abc import Container, Iterable

from app.transcripts.html_text import HEADINGS, HtmlPage, PageLine


def without_frame(talk: list[PageLine], leads: Container[int] | None) -> list[PageLine]:
    """Leave out what stands before and after the talk and is no paragraph, on a page that writes paragraphs: bylines,
    dates, buttons; and links after its end.
    """
    writes_paragraphs = sum(bool(line.tag) for line in talk) >= 0.8 * len(talk)

    def is_said(line: PageLine) -> bool:
        if line.part or (leads is not None and id(line) in leads):
            return True
        return line.tag not in HEADINGS and bool(line.tag or not writes_paragraphs) and not line.covered("link")

    said = [index for index, line in enumerate(talk) if is_said(line)]
    if not said:
        return talk
    headings = [line for line in talk[: said[0]] if line.tag in HEADINGS]
    return headings + talk[said[0] : said[-1] + 1]


def keep_what_holds_most(lines: list[PageLine]) -> None:
    """Take navigation, forms and the like for part of the page after all if one of them holds half of the text."""
    sizes: Counter[int] = Counter()
    for line in lines:
        if line.site is not None:
            sizes[line.site] += prose_length(line)
    total = sum(prose_length(line) for line in lines)
    large = {site for site, size in sizes.items() if 2 * size >= total}
    for line in lines:
        if line.site in large:
            line.site = None


def prose_length(line: PageLine) -> int:
    """Count the characters of a line, less twice those in links, so that lists of links count nothing."""
    linked = sum(each.end - each.start for each in line.inline if each.kind == "link")
    return max(len(line.text) - 2 * linked, 0)


def place_of(page: HtmlPage, weights: Iterable[tuple[int, int]], most: float) -> int:
    """Return the innermost element that holds at least this part of the weight."""
    total = [0] * len(page.parents)
    for container, weight in weights:
        total[container] += weight
    heaviest = [0] * len(page.parents)
    for number in range(len(page.parents) - 1, 0, -1):
        parent = page.parents[number]
        total[parent] += total[number]
        if total[number] >= total[heaviest[parent]] or heaviest[parent] == 0:
            heaviest[parent] = number
    place, wanted = 0, max(most * total[0], 1)
    leaves = HEADINGS | {"p", "li", "dt", "dd", "td", "th", "tr", "blockquote"}
    while (below := heaviest[place]) and total[below] >= wanted and page.names[below] not in leaves:
        place = below
    return place
