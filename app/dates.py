"""Partial dates: what a source states of a date, no more, and the range of days that it may be.

Written as in EDTF level 0 (ISO 8601-2:2019, annex A): 2023, 2023-11 or 2023-11-05.
"""

import calendar
import datetime
import re
from dataclasses import dataclass

# A publication date that nobody states could be any day: these are the ends of that range.
EARLIEST = datetime.date.min
LATEST = datetime.date.max

# No interview was recorded before the phonograph; years outside four digits are typing errors.
_FORM = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?", re.ASCII)


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
            ValueError: the text has another form, or names a day that no calendar has.
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
            raise ValueError(f"{year}-{month:02} has no day {day:02}")
        exact = datetime.date(year, month, day)
        return cls(text, exact, exact)
