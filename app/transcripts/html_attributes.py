"""Reads what the attributes and style sheets of a page say: which classes are bold, and when words are said."""

import re

from app.transcripts.clock import clock_ms
from app.transcripts.html_tokens import Tag

# `<a name="ts_80_1700_S00">`: noScribe's start and end in milliseconds.
_ANCHOR_TIME = re.compile(r"ts_(?P<start>\d{1,9})_\d{1,9}(?:_\w{1,20})?")
_WHOLE_NUMBER = re.compile(r"\d{1,9}")
_SECONDS = re.compile(r"\d{1,6}(?:\.\d{1,9})?")
# Characters of a style sheet that are read, at most.
_MAX_STYLES = 200_000
_BOLD = re.compile(r"font-weight:\s?(?:bold|[6-9]00)")
_CLASS = re.compile(r"\.([A-Za-z_][\w-]{0,60})")


def bold_classes(style_sheet: str) -> set[str]:
    """Return the classes whose rules set a bold font."""
    classes: set[str] = set()
    for rule in style_sheet[:_MAX_STYLES].split("}"):
        selectors, _, declarations = rule.rpartition("{")
        if _BOLD.search(declarations):
            classes.update(_CLASS.findall(selectors))
    return classes


def stated_ms(tag: Tag) -> int | None:
    """Return the milliseconds at which the words in an element are said, where one of its attributes states them."""
    attributes = tag.attributes
    if match := _ANCHOR_TIME.fullmatch(attributes.get("name", "")):
        return int(match["start"])
    if _WHOLE_NUMBER.fullmatch(milliseconds := attributes.get("data-m", "")):
        return int(milliseconds)
    start = attributes.get("data-start", "")
    return round(float(start) * 1000) if _SECONDS.fullmatch(start) else clock_ms(start)
