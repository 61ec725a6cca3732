"""Says what an element of a page holds, by its name, classes and roles."""

import re

from app.transcripts.html_tokens import Tag

_SITE_ELEMENTS = frozenset(("nav", "header", "footer", "aside", "form", "search", "dialog", "menu"))
_SITE_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search", "dialog"))
_SITE_CLASSES = re.compile(
    r"(?:comments?|comments?-(?:area|list|section)|respond|sidebar|widget|widget-area|share|sharing|share-buttons"
    r"|sharedaddy|social|social-(?:links|share|media)|related|related-(?:posts|articles)|breadcrumbs?|cookie"
    r"|cookie-(?:banner|notice|consent)|newsletter|newsletter-signup|subscribe|pagination|pager|navbar|nav|menu"
    r"|navigation|(?:site|page|post|main)-(?:header|footer|nav|navigation)|footer|masthead|skip-link"
    r"|screen-reader-text|sr-only|visually-hidden|advertisement|ad|ads|footnotes?"
    r"|(?:about-(?:the-)?)?(?:author|contributor)(?:[-_]{1,2}[a-z]{2,12}){1,2}|pull-?quotes?|wp-caption(?:-text)?"
    r"|(?:image|photo|figure|media|img)[-_](?:caption|credit)|(?:read|recommended|more)-(?:more|also|next"
    r"|stories|posts)"
    r"|donat(?:e|ion)(?:[-_]{1,2}[a-z]{2,12}){0,2}"
    r"|(?:subscription|subscribe|signup|sign-up|paywall|newsletter|share)(?:[-_]{1,2}[a-z]{2,12}){1,3})",
    re.IGNORECASE,
)
_NOTE_CLASS = re.compile(r"foot-?note-?(?:anchor|ref|reference|link)|note-?ref|fn-?ref|reference", re.IGNORECASE)
_PUBLISHED_CLASS = re.compile(
    r"dt-published|(?:entry-|post-)?(?:published|date|pubdate)|publish(?:ed)?-?date", re.IGNORECASE
)
_SPEAKER_CLASS = re.compile(r"(?:[\w-]{0,30}[-_])?speaker(?:[-_]{0,2}(?:name|label))?", re.IGNORECASE)
_TIME_CLASS = re.compile(r"(?:[\w-]{0,30}[-_])?(?:time-?stamp|time-?code|time)", re.IGNORECASE)
_PART_CLASSES = {
    part: re.compile(rf"(?:[\w-]{{0,30}}[-_])?{part}(?:[-_](?:text|body|content))?", re.IGNORECASE)
    for part in ("question", "answer")
}
_INLINE_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "cite": "cite",
    "time": "time",
    "a": "link",
}


def is_site(tag: Tag) -> bool:
    """Whether an element belongs to the site around a text: navigation, comments, a box for subscribers."""
    if tag.name in _SITE_ELEMENTS or tag.attributes.get("role", "").lower() in _SITE_ROLES:
        return True
    return tag.name not in {"html", "body", "main", "article"} and (
        _has_class(tag, _SITE_CLASSES) or bool(_SITE_CLASSES.fullmatch(tag.attributes.get("id", "")))
    )


def part_of(tag: Tag) -> str | None:
    """Return `question` or `answer` if a class of the element says that it holds one."""
    return next((part for part, pattern in _PART_CLASSES.items() if _has_class(tag, pattern)), None)


def _has_class(tag: Tag, pattern: re.Pattern[str]) -> bool:
    return any(len(name) < 60 and pattern.fullmatch(name) for name in tag.attributes.get("class", "").split())


def is_of_publication(tag: Tag) -> bool:
    """Whether a <time> says when the page was published."""
    return (
        _has_class(tag, _PUBLISHED_CLASS)
        or "pubdate" in tag.attributes
        or tag.attributes.get("itemprop", "").lower() == "datepublished"
    )


def holds_speaker(tag: Tag) -> bool:
    """Whether a class of the element says that it holds the name of a speaker."""
    return _has_class(tag, _SPEAKER_CLASS)


def inline_kind(tag: Tag) -> str | None:
    """Return what an inline element holds, as InlineSpan has it; also `noteref`, the number of a footnote."""
    if holds_speaker(tag):
        return "cite"
    if _has_class(tag, _TIME_CLASS):
        return "time"
    if _has_class(tag, _NOTE_CLASS) or tag.attributes.get("role") == "doc-noteref":
        return "noteref"
    if re.search(r"font-weight:\s?(?:bold|[6-9]00)", tag.attributes.get("style", "")[:500]):
        return "bold"
    return _INLINE_KINDS.get(tag.name)
