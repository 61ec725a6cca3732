"""Partial dates: what a source states of a date, and the range of days that it covers; and moments.

Written as in EDTF level 0 (ISO 8601-2:2019, annex A): 2023, 2023-11 or 2023-11-05.
"""

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Any

# The range of a publication date that is not stated.
EARLIEST = datetime.date.min
LATEST = datetime.date.max

_FORM = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?", re.ASCII)

# English month names, and those of the other languages that interviews are most often dated in.
_MONTH_NAMES = (
    "january janvier januar enero gennaio janeiro января",
    "february février februar febrero febbraio fevereiro февраля",
    "march mars märz marzo março марта",
    "april avril abril aprile апреля",
    "may mai mayo maggio maio мая",
    "june juin juni junio giugno junho июня",
    "july juillet juli julio luglio julho июля",
    "august août agosto августа",
    "september septembre septiembre settembre setembro сентября",
    "october octobre oktober octubre ottobre outubro октября",
    "november novembre noviembre novembro ноября",
    "december décembre dezember diciembre dicembre dezembro декабря",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_SHORT_MONTHS = {names.split()[0][:3]: number for number, names in enumerate(_MONTH_NAMES, 1)}
_WEEKDAY = re.compile(r"^[^\W\d]{2,10}[,.]?\s+(?=\S)")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ]\d{1,2}:\d{2}.{0,20})?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|\.|º)?\s+(?:of\s+|de\s+)?([^\W\d]{3,12})\.?,?\s+(?:de\s+)?(\d{4})")
_MONTH_FIRST = re.compile(r"([^\W\d]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_MONTH_ONLY = re.compile(r"([^\W\d]{3,12})\.?,?\s+(?:de\s+)?(\d{4})")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_CJK = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?[日号號])?")
# Characters of a written date, at most.
_LONGEST_DATE = 60


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the year, month or day."""

    text: str
    earliest: datetime.date
    latest: datetime.date

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read YYYY, YYYY-MM or YYYY-MM-DD.

        Raises:
            ValueError: the text has another form, or there is no such day.
        """
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError("write a date as YYYY, YYYY-MM or YYYY-MM-DD")
        year, month, day = (int(part) if part else None for part in match.group("year", "month", "day"))
        if not year:
            raise ValueError("there is no year 0000")
        if month is None:
            return cls(text, datetime.date(year, 1, 1), datetime.date(year, 12, 31))
        if not 1 <= month <= 12:
            raise ValueError(f"there is no month {month:02}")
        last = calendar.monthrange(year, month)[1]
        if day is None:
            return cls(text, datetime.date(year, month, 1), datetime.date(year, month, last))
        if not 1 <= day <= last:
            raise ValueError(f"{year:04}-{month:02} has no day {day:02}")
        exact = datetime.date(year, month, day)
        return cls(text, exact, exact)


def parse_written_date(text: str) -> PartialDate | None:
    """Read a date as people write it, such as `November 30, 2022`, `30. Mai 2023`, `2022-01-22T10:00:00Z`, `May 2020`.

    Returns None for anything else, and for what could be two dates (`03/04/2022`).
    """
    text = " ".join(text.split()).strip(" ,;")
    if len(text) > _LONGEST_DATE:
        return None
    for candidate in (text, _WEEKDAY.sub("", text, count=1)):
        parts = _date_parts(candidate)
        if parts is None:
            continue
        year, month, day = parts
        written = f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if month and day else "")
        try:
            return PartialDate.parse(written)
        except ValueError:
            return None
    return None


def _date_parts(text: str) -> tuple[int, int | None, int | None] | None:
    if re.fullmatch(r"[0-9]{4}", text):
        return int(text), None, None
    if match := _ISO.fullmatch(text) or _CJK.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3]) if match[3] else None
    if match := _COMPACT.fullmatch(text) or None:
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DOTTED.fullmatch(text):
        return int(match[3]), int(match[2]), int(match[1])
    if match := _SLASHED.fullmatch(text):
        return _slashed(int(match[1]), int(match[2]), int(match[3]))
    return _named_month(text)


def _slashed(first: int, second: int, year: int) -> tuple[int, int, int] | None:
    """Read 30/11/2022 or 11/30/2022; None where both numbers could be the month."""
    if first > 12 >= second or first == second:
        return year, second, first
    if second > 12 >= first:
        return year, first, second
    return None


def _named_month(text: str) -> tuple[int, int | None, int | None] | None:
    if match := _DAY_FIRST.fullmatch(text):
        month, day, year = _month(match[2]), int(match[1]), int(match[3])
    elif match := _MONTH_FIRST.fullmatch(text):
        month, day, year = _month(match[1]), int(match[2]), int(match[3])
    elif match := _MONTH_ONLY.fullmatch(text):
        month, day, year = _month(match[1]), None, int(match[2])
    else:
        return None
    return (year, month, day) if month else None


def _month(word: str) -> int | None:
    lower = word.casefold()
    return _MONTHS.get(lower) or _SHORT_MONTHS.get(lower) or (9 if lower == "sept" else None)


def read_moment(value: Any) -> datetime.datetime:
    """Read a date, which means midnight UTC, or a date and time with its zone.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, str):
        try:
            is_date = len(value) == len("2026-12-31")
            value = datetime.date.fromisoformat(value) if is_date else datetime.datetime.fromisoformat(value)
        except ValueError:
            pass
    if isinstance(value, datetime.datetime):
        # The first and the last day of all have no time in every zone.
        if value.tzinfo is not None and 1 < value.year < datetime.MAXYEAR:
            return value.astimezone(datetime.UTC)
    elif isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day, tzinfo=datetime.UTC)
    raise ValueError("write a day, such as 2026-12-31, or a time with its zone, such as 2026-12-31T06:00:00+01:00")
