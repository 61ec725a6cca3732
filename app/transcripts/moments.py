"""Reads what people and programs print as the time of a turn: `0:03`, `1 hour 4 seconds`, `12m 3s`, `10:02 AM`.

A time of day says when somebody spoke, not where in a recording, so it has no milliseconds.
"""

import re
from dataclasses import dataclass

from app.transcripts.clock import clock_ms

# Every quantifier is bounded, so that a long line costs no more than a short one.
_CLOCK = r"\d{1,4}(?::\d{1,2}){1,3}(?:[.,]\d{1,9})?(?![^\W_])"
_OFFSET_SIGN = r"(?:Z|(?:UTC|GMT|CES?T|MES?Z|[ECMP][SD]T)(?:[+-]\d{1,2}(?::?\d{2})?)?)"
_DAY_CLOCK = (
    rf"\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?[ \u00a0\u202f]?"
    rf"(?:[AaPp]\.?[Mm]\.?|Uhr|h|Z)(?![^\W_])(?:[ \u00a0]{_OFFSET_SIGN})?"
)
_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|(?:[^\W\d_]{3,12}\.?,?[ ])?(?:[^\W\d_]{3,12}\.?[ ]\d{1,2},?[ ]\d{4}|\d{1,2}\.?[ ][^\W\d_]{3,12}\.?[ ]\d{4})"
    r"|(?:Today|Yesterday|Heute|Gestern|Hoy|Ayer|Aujourd['’]hui|Hier)(?:[ ](?:at|um|à|a))?)"
)
_HOURS = (
    r"(?:h(?:ours?|rs?)?|std\.?|stunden?|heures?|horas?|or[ae]|uur|uren|timm(?:e|ar)"
    r"|час(?:а|ов)?|ч|小时|小時|時間|시간)"
)
_MINUTES = r"(?:m(?:in(?:ute[nsr]?|uut|uten|utos?|ut[oi]|uter)?s?\.?)?|минут[аы]?|мин|分钟|分鐘|分|분)"
_SECONDS = (
    r"(?:s(?:ec(?:onds?|ondes?|ondi|ondo)?s?\.?|ek(?:unden?|under?)?\.?|egundos?|econden?|s)?|секунд[аы]?|сек|秒|초)"
)
_GAP = r"[ \u00a0,]{0,3}(?:and[ ]|und[ ]|et[ ]|y[ ]|e[ ])?"
_COUNTED = (
    rf"(?=\d)(?:(?P<hours>\d{{1,3}})[ \u00a0]?{_HOURS}(?![^\W\d_]){_GAP})?"
    rf"(?:(?P<minutes>\d{{1,4}})[ \u00a0]?{_MINUTES}(?![^\W\d_]){_GAP})?"
    rf"(?:(?P<seconds>\d{{1,5}}(?:[.,]\d{{1,3}})?)[ \u00a0]?{_SECONDS}(?![^\W\d_]))?"
)
_BRACKETS = {"[": "]", "(": ")", "{": "}", "<": ">", "": ""}
_MOMENT = re.compile(
    rf"""(?P<escape>\\?)(?P<open>[\[({{<]?)[ ]?
    (?:
      (?P<date>{_DATE})(?:,?[ \u00a0]{{1,2}}|T)(?:{_DAY_CLOCK}|{_CLOCK})(?:[ \u00a0]?{_OFFSET_SIGN})?
    | (?P<day>{_DAY_CLOCK})
    | (?P<start>{_CLOCK})(?:[ \t]{{0,4}}(?:-{{1,3}}>|[-–—]|to|bis|à)[ \t]{{0,4}}(?P<end>{_CLOCK}))?
    | (?P<counted>{_COUNTED})
    )
    [ ]?\\?(?P<close>[\])}}>]?)""",
    re.VERBOSE | re.IGNORECASE,
)


# A time has a digit behind two words at most. Nearly all lines of a talk have none there.
NEAR_DIGIT = re.compile(r"[ \t]*+\D{0,40}\d")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that stands from `start` up to `end` in a text.

    `start_ms` counts from the start of the recording; it is None for a `time_of_day`. `parts` are the numbers of a
    clock time: two of them may be hours and minutes.
    """

    start: int
    end: int
    start_ms: int | None
    end_ms: int | None = None
    time_of_day: bool = False
    parts: int = 0


def moment_at(text: str, start: int, end: int) -> Moment | None:
    """Return the time that stands at an offset, or None."""
    match = _MOMENT.match(text, start, end) if NEAR_DIGIT.match(text, start, end) else None
    if match is None or match.end() == start or _BRACKETS[match["open"]] != match["close"]:
        return None
    over = start + len(match.group().rstrip(" \u00a0,"))
    if match["date"] or match["day"]:
        return Moment(start, over, None, time_of_day=True)
    if match["counted"]:
        found = {name: float((match[name] or "0").replace(",", ".")) for name in ("hours", "minutes", "seconds")}
        if not any(match[name] for name in found):
            return None
        seconds = (found["hours"] * 60 + found["minutes"]) * 60 + found["seconds"]
        return Moment(start, over, round(seconds * 1000))
    if match["start"] is None or (first := clock_ms(match["start"])) is None:
        return None
    last = clock_ms(match["end"]) if match["end"] else None
    return Moment(start, over, first, last, parts=match["start"].count(":") + 1)
