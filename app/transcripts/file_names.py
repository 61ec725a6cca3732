"""Reads the date and the title that the name of a file states: `2018-11-08 The last miller.txt`, `20181108_miller.vtt`.

Recorders name files after the day, `GMT20181108-140000_Recording.vtt`; archives after day and person.
"""

import re
from dataclasses import replace
from pathlib import PurePath

from app.text.dates import PartialDate, parse_written_date
from app.transcripts.transcript import Metadata

# Years in which an interview can have been held.
_YEAR = "(?:18[5-9]|19[0-9]|20[0-9])[0-9]"
_SEPARATOR = r"[\s_.,()\[\]-]"
_DATE = re.compile(
    rf"(?:^|(?<={_SEPARATOR})|(?<={_SEPARATOR})GMT|^GMT)"
    rf"(?:(?P<y>{_YEAR})(?P<sep>[-_. ]?)(?P<m>0[1-9]|1[0-2])(?P=sep)(?P<d>0[1-9]|[12][0-9]|3[01])"
    rf"|(?P<day>0[1-9]|[12][0-9]|3[01])(?P<mark>[-._])(?P<month>0[1-9]|1[0-2])(?P=mark)(?P<year>{_YEAR}))"
    r"(?:[T_ -]?[0-9]{2}[-:.h]?[0-9]{2}(?:[-:.m]?[0-9]{2})?Z?)?(?![0-9])",
    re.ASCII,
)
# `8 November 2018`, `Nov 8, 2018`, with underscores or points too.
_IN_WORDS = re.compile(
    rf"(?<![^\W_])(?:[0-3]?[0-9](?:st|nd|rd|th)?[\s_.-]{{1,2}}[^\W\d_]{{3,10}}[\s_.,-]{{1,2}}{_YEAR}"
    rf"|[^\W\d_]{{3,10}}[\s_.-]{{1,2}}[0-3]?[0-9](?:st|nd|rd|th)?[\s_.,-]{{1,2}}{_YEAR})(?![0-9])"
)
_SEPARATED = re.compile(r"[\s_.,-]+")
_SEPARATORS = re.compile(rf"^{_SEPARATOR}+|{_SEPARATOR}+$")
_UNDERSCORES = re.compile(r"_+")


def with_file_name(metadata: Metadata, file_name: str) -> Metadata:
    """Return the metadata with the date that its title or the name of the file states, if nothing else states one."""
    if metadata.published is not None:
        return metadata
    for text in (metadata.title or "", PurePath(file_name).stem):
        if date := date_in_name(text):
            return replace(metadata, published=date, published_evidence=text)
    return metadata


def date_in_name(name: str) -> PartialDate | None:
    """Return the one day that a name states, or None."""
    dates = set()
    for written in _IN_WORDS.finditer(name[:300]):
        date = parse_written_date(" ".join(_SEPARATED.split(written.group())))
        if date is not None and date.earliest == date.latest:
            dates.add(date)
    for match in _DATE.finditer(name[:300]):
        year, month, day = (match[a] or match[b] for a, b in (("y", "year"), ("m", "month"), ("d", "day")))
        try:
            dates.add(PartialDate.parse(f"{year}-{month}-{day}"))
        except ValueError:
            continue
    return dates.pop() if len(dates) == 1 else None


def title_in_file_name(file_name: str) -> str:
    """Return what the name of a file says besides a date, with spaces for underscores; the whole if that is nothing."""
    stem = PurePath(file_name).stem
    if date_in_name(stem) is None:
        return stem
    rest = _SEPARATORS.sub("", _UNDERSCORES.sub(" ", _IN_WORDS.sub(" ", _DATE.sub(" ", stem))))
    return rest if any(map(str.isalpha, rest)) else stem
