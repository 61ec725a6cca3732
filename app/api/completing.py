"""Adds to items what follows from the rest of them and is shown: addresses, texts as HTML, and which words ask."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from app.api.fields import Selection, Tree, inside_of
from app.api.schemas.shape import Parted
from app.queries.embedding import Item
from app.structure.pairing import Attribution
from app.text.asking import asking
from app.text.html import captions_html, markdown_html, plain_html
from app.transcripts.transcript import TextFormat

ADDRESS, WEB_PAGE, HTML, FORMAT = "address", "web_page", "text_html", "text_format"
SHORT, INTERROGATIVE, ASKING = "short_text", "interrogative", "asking"
# Writes a text as HTML, by what it is written in.
WRITERS = {
    TextFormat.PLAIN: plain_html,
    TextFormat.MARKDOWN: markdown_html,
    TextFormat.CAPTIONS: captions_html,
}


def complete(items: Iterable[Item], selection: Selection, base: str) -> Iterator[Item]:
    """Add what is to be shown of items and can be worked out of them; `base` is what addresses begin with."""
    branch = _branch_of(selection)
    for item in items:
        _complete(item, branch, base, None, None)
        yield item


class _Branch:
    """What is to be added to one kind of dictionary, and to those inside it."""

    def __init__(self, shape: type[BaseModel], tree: Tree) -> None:
        self.path = shape.path if issubclass(shape, Parted) else ""
        self.has_address, self.has_page = (bool(self.path) and name in tree for name in (ADDRESS, WEB_PAGE))
        self.has_html = HTML in tree
        self.asks = not tree.keys().isdisjoint({SHORT, INTERROGATIVE, ASKING})
        inside = {name: inside_of(shape.model_fields[name].annotation) for name in tree}
        branches = {
            name: _Branch(inner, tree[name])
            for name, inner in inside.items()
            if inner is not None and tree[name] is not True
        }
        self.inside = {name: branch for name, branch in branches.items() if branch.adds}

    @property
    def adds(self) -> bool:
        """Whether anything is added here or further inside."""
        return bool(self.has_address or self.has_page or self.has_html or self.asks or self.inside)


@lru_cache(maxsize=256)
def _branch_of(selection: Selection) -> _Branch:
    return _Branch(selection.shape, selection.tree)


def _complete(item: Item, branch: _Branch, base: str, text_format: Any, language: str | None) -> None:
    text_format = item.get(FORMAT, text_format)
    # The trail names interviews without their language.
    language = (item.get("interview") or {}).get("language", language)
    if branch.has_address:
        item[ADDRESS] = f"{base}/v1/{branch.path.format_map(item)}"
    if branch.has_page:
        item[WEB_PAGE] = f"{base}/{branch.path.format_map(item)}"
    if branch.has_html:
        item[HTML] = WRITERS[text_format](item["text"])
    if branch.asks:
        found = asking(item["text"], language)
        item[SHORT] = found.short_text
        item[INTERROGATIVE] = found.interrogative
        ranges = [{"start": start, "end": end} for start, end in found.ranges]
        item[ASKING] = {"attribution": Attribution.INFERRED, "ranges": ranges}
    for name, inner in branch.inside.items():
        inside = item[name]
        if isinstance(inside, list):
            for each in inside:
                _complete(each, inner, base, text_format, language)
        elif inside is not None:
            _complete(inside, inner, base, text_format, language)
