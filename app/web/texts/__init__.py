"""The texts of pages, in one catalogue a language (Fluent, https://projectfluent.org), and how dates, numbers and
languages are written there.
"""

import datetime
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_decimal
from fluent.runtime import FluentBundle, FluentResource
from markupsafe import Markup, escape

# Right-to-left writing, and characters that would turn or swallow what follows them.
_TURNING = frozenset({"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "RLI", "LRI", "FSI"})
_ISOLATED = "\u2068{}\u2069"
_FOLDER = Path(__file__).parent
# By the length of a date that is known to the year, the month or the day.
_DATES = {4: ("%Y", "y"), 7: ("%Y-%m", "yMMMM"), 10: ("%Y-%m-%d", "yMMMMd")}


class Texts:
    """The catalogue of one language. Called with the name of a text and its values, it returns the text, escaped.

    Values that are no Markup are escaped, and those that run from right to left are set apart from the words around
    them. Numbers choose the plural by the rules of the language, and are written in its way.
    """

    def __init__(self, language: str, formats: str) -> None:
        self.language = language
        self._locale = Locale.parse(formats)
        self._bundle = FluentBundle([formats.replace("_", "-")], use_isolating=False)
        self._bundle.add_resource(FluentResource((_FOLDER / f"{language}.ftl").read_text("utf-8")))
        self._plain: dict[str, Markup] = {}

    @property
    def direction(self) -> str:
        """In which direction the language is written: `ltr` or `rtl`."""
        return str(self._locale.text_direction)

    def __call__(self, name: str, /, **values: Any) -> Markup:
        """Return a text with its values.

        Raises:
            LookupError: the catalogue has no such text.
            ValueError: a value that the text needs is missing.
        """
        if not values and name in self._plain:
            return self._plain[name]
        if not self._bundle.has_message(name):
            raise LookupError(f"no text {name!r}")
        pattern = self._bundle.get_message(name).value
        if pattern is None:
            raise LookupError(f"no text {name!r}")
        text, errors = self._bundle.format_pattern(pattern, {key: _value(value) for key, value in values.items()})
        if errors:
            raise ValueError(f"text {name!r}: {errors[0]}")
        # The catalogue is ours, and its values are escaped.
        result = Markup(text)  # noqa: S704
        if not values:
            self._plain[name] = result
        return result

    def has(self, name: str) -> bool:
        """Tell whether there is a text of this name."""
        return bool(self._bundle.has_message(name))

    def number(self, value: int) -> str:
        """Write a number."""
        return str(format_decimal(value, locale=self._locale))

    @lru_cache(maxsize=1024)  # noqa: B019 - there is one catalogue a process
    def date(self, value: str) -> str:
        """Write a date as exactly as it is known: YYYY, YYYY-MM or YYYY-MM-DD."""
        form, skeleton = _DATES[len(value)]
        # The corpus has no other dates than those that its checks let in.
        moment = datetime.datetime.strptime(value, form).replace(tzinfo=datetime.UTC)
        return str(format_skeleton(skeleton, moment, locale=self._locale))

    def day(self, moment: datetime.datetime) -> str:
        """Write the day of a moment, as in UTC."""
        return self.date(moment.astimezone(datetime.UTC).date().isoformat())

    def moment(self, moment: datetime.datetime) -> str:
        """Write a moment to the minute, in UTC."""
        return f"{self.day(moment)}, {moment.astimezone(datetime.UTC):%H:%M} UTC"

    @lru_cache(maxsize=256)  # noqa: B019 - as above
    def direction_of(self, language: str | None) -> str:
        """Return in which direction a language is written: `ltr`, `rtl`, or `auto` where that is not known."""
        try:
            return str(Locale.parse(language, sep="-").text_direction) if language else "auto"
        except (UnknownLocaleError, ValueError):
            return "auto"

    @lru_cache(maxsize=256)  # noqa: B019 - as above
    def name_of(self, language: str) -> str:
        """Return what a language (a BCP 47 tag) is called; the tag where nothing else is known."""
        try:
            return Locale.parse(language, sep="-").get_display_name(self._locale) or language
        except (UnknownLocaleError, ValueError):
            return language


def _value(value: Any) -> Any:
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    is_turning = any(unicodedata.bidirectional(character) in _TURNING for character in value)
    return escape(_ISOLATED.format(value) if is_turning else value)


@lru_cache(maxsize=1)
def english() -> Texts:
    """Return the English catalogue. Dates are written the British way: day, month, year."""
    return Texts("en", "en_GB")
