"""Decides who asks and who answers in a conversation, where neither labels nor metadata state it. Pure.

One decision for the whole file: every sign that a person asks or answers is weighed, the people are split where the
difference is greatest, and the decision says what it rests on. Where the difference is small, nobody gets a role.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from app.structure.speaking_style import Run, SpeakingStyle, ends_asking, speaking_styles

# Asked for the folded names of those who interview elsewhere in the series that a transcript states or not, if it alone
# leaves doubt.
SeriesHosts = Callable[[str | None], Collection[str]]

# Runs that a person has to have to be judged among several, and where only two people speak.
_FEW_RUNS, _FEW_RUNS_OF_TWO = 3, 2
# With more people than this a talk is a panel, and nobody is judged.
_MAX_PEOPLE = 6
# Difference in score between those who ask and those who answer, at least: below it, equals talk with one another.
_CLEAR = 0.35
# Distance in score from the line between them within which somebody is in doubt.
_DOUBT = 0.3
# Where between the lowest and the highest score the line is drawn: hosts differ more among themselves than guests.
_NEAR_GUEST = 0.36
# Signs of those who ask, at least, and the share of their runs that does as well: advice in turn is no interview.
_FEW_SIGNS, _MOSTLY_ASKS = 3.0, 0.5
# Characters of a question of somebody who hardly speaks, at most: a sponsor's text and advice are longer.
_LONGEST_QUESTION = 300
# Runs after which somebody comes late, if two people have spoken: guests of hosts who talk first.
_LATE = 8

# What each sign adds to a score. Asking counts by itself and beside the others.
_ASKS, _ASKS_MOST, _BRIEF, _WELCOMES, _CALLED_HOST = 0.5, 0.6, 0.5, 0.6, 0.6
_OPENS, _COMES_LATE, _CALLED_GUEST, _LISTED, _IN_TITLE = 0.2, -0.5, -0.1, -0.8, -0.2
_HOSTS_SERIES, _BESIDE_HOST_OF_SERIES = 0.5, -0.2


def nobody_known(_series: str | None) -> Collection[str]:
    """Return the hosts of a series of which nothing is known."""
    return ()


@dataclass(frozen=True)
class Decision:
    """Who asks and who answers; both are empty where it is not clear. `evidence` says why, in words, by person."""

    asking: frozenset[int] = frozenset()
    answering: frozenset[int] = frozenset()
    evidence: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Clues:
    """What is known of people besides how they speak: folded names, who is listed or named in the title, and who hosts
    the series.
    """

    names: Mapping[int, str]
    listed: Collection[int] = ()
    in_title: Collection[int] = ()
    language: str | None = None
    series: str | None = None
    series_hosts: SeriesHosts = nobody_known


@dataclass(frozen=True)
class _Scores:
    """The scores of people and the line above which they ask; None where the difference is not clear."""

    by_person: Mapping[int, float]
    line: float | None

    @property
    def in_doubt(self) -> bool:
        """Whether nothing is clear, or somebody is close to the line."""
        return self.line is None or any(abs(score - self.line) < _DOUBT for score in self.by_person.values())


def decide(runs: Sequence[Run], unknown: Collection[int], clues: Clues) -> Decision:
    """Decide for those whose role is `unknown`, where nobody is known to ask or to answer.

    Who hardly speaks has no role and turns nobody round: a voice of the audience, an advertisement, a shout.
    """
    styles = speaking_styles(runs, clues.names, clues.language)
    judged = _judged(styles, unknown)
    if not 2 <= len(judged) <= _MAX_PEOPLE:
        return Decision()
    scores = _scores(judged, clues, frozenset())
    hosts: frozenset[int] = frozenset()
    if scores.in_doubt:
        known = clues.series_hosts(clues.series)
        hosts = frozenset(person for person in judged if _is_among(clues.names.get(person), known))
        scores = _scores(judged, clues, hosts) if hosts else scores
    line = scores.line
    if line is None:
        return Decision()
    asking = frozenset(person for person, score in scores.by_person.items() if score > line)
    if not hosts and not _has_signs([judged[person] for person in asking]):
        return Decision()
    evidence = {person: _evidence(person, style, clues, hosts) for person, style in judged.items()}
    return Decision(asking, frozenset(judged) - asking, evidence)


def _is_among(name: str | None, known: Collection[str]) -> bool:
    """Whether a name is among those known; a first name alone, if it is that of one of them."""
    if name is None or name in known:
        return name is not None
    return " " not in name and sum(one.split()[0] == name for one in known) == 1


def _judged(styles: Mapping[int, SpeakingStyle], unknown: Collection[int]) -> dict[int, SpeakingStyle]:
    """Return those who speak often enough to be judged; of two in a short talk less is asked."""
    often = {person: style for person, style in styles.items() if style.runs >= _FEW_RUNS and person in unknown}
    if len(often) > 1:
        return often
    twice = {person: style for person, style in styles.items() if style.runs >= _FEW_RUNS_OF_TWO and person in unknown}
    if len(twice) == 2:
        return twice
    one_asks = len(styles) == 2 and any(_only_asks(style, styles) for style in styles.values())
    return {person: style for person, style in styles.items() if person in unknown} if one_asks else {}


def _only_asks(style: SpeakingStyle, both: Mapping[int, SpeakingStyle]) -> bool:
    """Whether somebody says nothing but a question to somebody who asks none, such as a listener of a lecture."""
    others = sum(other.asking_runs for other in both.values()) - style.asking_runs
    return style.asks == style.runs and others == 0 and max(other.runs for other in both.values()) > style.runs


def _scores(people: Mapping[int, SpeakingStyle], clues: Clues, hosts: Collection[int]) -> _Scores:
    most = max(style.asking_share for style in people.values()) or 1.0
    longest = max(style.mean for style in people.values()) or 1.0
    # A list of all who speak, or a title that names all, tells nobody apart.
    listed = _listed_guests(clues.listed, people)
    in_title = _if_some(clues.in_title, people)
    first = sorted(style.first for style in people.values())
    scores = {}
    for person, style in people.items():
        score = _ASKS * style.asking_share + _ASKS_MOST * style.asking_share / most
        score += _BRIEF * (1.0 - style.mean / longest)
        score += _WELCOMES * (min(style.host, 3) / 3 - min(style.guest, 2) / 2)
        score += _CALLED_HOST * bool(style.called_host) + _CALLED_GUEST * bool(style.called_guest)
        score += _OPENS * (style.first == first[0]) + _LISTED * (person in listed) + _IN_TITLE * (person in in_title)
        if hosts:
            score += _HOSTS_SERIES if person in hosts else _BESIDE_HOST_OF_SERIES
        if person not in hosts and style.first >= max(_LATE, first[1] + 1):
            # The audience and experts who are called up come late too, and ask.
            score += _COMES_LATE * max(0.0, 1 - 2 * style.asking_share)
        # How little like a host somebody speaks says nothing about the others.
        scores[person] = max(score, 0.0)
    ordered = sorted(scores.values())
    low, high = ordered[0], ordered[-1]
    is_clear = high - low >= _CLEAR and max(b - a for a, b in pairwise(ordered)) >= _CLEAR
    return _Scores(scores, low + _NEAR_GUEST * (high - low) if is_clear else None)


def _listed_guests(listed: Collection[int], people: Mapping[int, SpeakingStyle]) -> set[int]:
    """Return those whom the file lists, if the others are at most as many and ask more."""
    guests = _if_some(listed, people)
    others = set(people) - guests

    def asks(group: set[int]) -> float:
        return sum(people[one].asks for one in group) / sum(people[one].runs for one in group)

    return guests if guests and len(others) <= len(guests) and asks(others) > asks(guests) else set()


def _if_some(found: Collection[int], people: Collection[int]) -> set[int]:
    some = set(found) & set(people)
    return some if len(some) < len(people) else set()


def _has_signs(asking: Sequence[SpeakingStyle]) -> bool:
    asks, runs = sum(style.asks for style in asking), sum(style.runs for style in asking)
    signs = asks + sum(style.host + style.called_host for style in asking)
    return signs >= _FEW_SIGNS or asks >= _MOSTLY_ASKS * runs


def _evidence(person: int, style: SpeakingStyle, clues: Clues, hosts: Collection[int]) -> str:
    says = [f"asks at the end of {style.asking_runs} of {style.runs} turns"]
    says += ["speaks like a host"] * bool(style.host) + ["speaks like a guest"] * bool(style.guest)
    says += ["is called a host"] * bool(style.called_host)
    says += ["is listed as a speaker"] * (person in clues.listed) + ["is named in the title"] * (
        person in clues.in_title
    )
    says += ["interviews in other files of the folder"] * (person in hosts)
    return ", ".join(says)


def complete(
    runs: Sequence[Run],
    asking: Collection[int],
    answering: Collection[int],
    unknown: Collection[int],
    language: str | None,
) -> Decision:
    """Decide for those whose role is `unknown`, where some are known to ask, or else to answer.

    One other person has the other part. Of several, those answer who mostly speak right after somebody who asks, and
    those ask whom somebody who answers mostly follows.
    """
    spoken = Counter(run.person for run in runs if run.person in unknown)
    asks = Counter(run.person for run in runs if run.person in unknown and ends_asking(run.texts, language))
    is_one = len(spoken) == 1
    if asking:
        after = Counter(later.person for run, later in pairwise(runs) if run.person in asking)
        replies = frozenset(one for one, count in spoken.items() if is_one or after[one] * 2 >= count)
        evidence = dict.fromkeys(
            replies, "speaks with somebody who asks" if is_one else "speaks after somebody who asks"
        )
        return Decision(answering=replies, evidence=evidence)
    before = Counter(run.person for run, later in pairwise(runs) if later.person in answering)
    prompts = frozenset(one for one, count in spoken.items() if is_one or (asks[one] and before[one] * 2 >= count))
    evidence = dict.fromkeys(
        prompts, "speaks with somebody who answers" if is_one else "asks before somebody who answers"
    )
    return Decision(asking=prompts, evidence=evidence)


def also_asking(
    decision: Decision, runs: Sequence[Run], answering: Collection[int], unknown: Collection[int], language: str | None
) -> Decision:
    """Add those who hardly speak, and do nothing but ask those who answer: a second host, a voice of the audience."""
    left = set(unknown) - decision.asking - decision.answering
    said: dict[int, list[bool]] = {}
    for run, later in zip(runs, [*runs[1:], None], strict=True):
        if run.person in left:
            answered = later is not None and later.person in answering
            brief = sum(map(len, run.texts)) <= _LONGEST_QUESTION
            said.setdefault(run.person, []).append(answered and brief and ends_asking(run.texts, language) == 1.0)
    asking = frozenset(person for person, asked in said.items() if len(asked) < _FEW_RUNS and all(asked))
    if not asking:
        return decision
    evidence = dict(decision.evidence) | dict.fromkeys(asking, "asks somebody who answers, and says nothing else")
    return Decision(decision.asking | asking, decision.answering, evidence)
