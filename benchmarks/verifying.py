"""How right verdicts on quotations are, and what one costs. Thousands of spans are cut from transcripts of your own:
each as it stands, changed in typography, with an omission marked, altered by one word or by its own marks, nearly said,
attributed to another speaker, or taken from files that were not loaded; precision and recall are printed for each
verdict. Articles name the speakers of others. Then, over a generated corpus, the 95th percentile of a verification is
compared with that of one plain search in the same run.

python -m benchmarks.verifying FOLDER [FOLDER ...] [--spans N] [--seed N] [--turns N] [--show N]
"""

import argparse
import datetime
import random
import re
import statistics
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlmodel import col
from starlette.testclient import TestClient

from app.db import Database
from app.loading import load_interview
from app.main import create_app
from app.models import Speaker, Turn
from app.queries.articles import verify_article
from app.queries.quotes import verify
from app.quotes import FAITHFUL, Passage, PassageTurn, Verdict, judge, token_texts
from app.quotes.word_forms import is_interjection
from app.settings import Settings
from app.structure.batches import ReadOptions, RefusedFile, prepare_all
from app.structure.files import find_files
from app.structure.prepare import PreparedTranscript
from app.transcripts.transcript import TurnKind
from benchmarks.authors import at
from benchmarks.pages import fill
from benchmarks.quotation_kinds import HIDDEN, MARKS, NEAR, Change, articles, articles_of_others, own_trials

_NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
_FEWEST, _MOST = 8, 40
_HELD_OUT = 0.15
# Spans in which words of one kind are looked for, such as numbers, at most.
_MOST_TRIED = 20_000
_SHINGLE = 8
_ELLIPSIS = re.compile(r"…|\.\.|\[|\]")
_OPPOSITES = {
    "good": "bad", "more": "less", "always": "never", "all": "none", "big": "small", "first": "last", "many": "few",
    "easy": "hard", "right": "wrong", "before": "after", "new": "old", "up": "down", "better": "worse", "most": "least",
    "open": "closed", "high": "low", "long": "short", "true": "false", "possible": "impossible",
    "with": "without", "like": "dislike", "start": "stop", "everything": "nothing", "bon": "mauvais", "plus": "moins",
    "toujours": "jamais", "avec": "sans",
}  # fmt: skip
_MODALS = {"must": "may", "should": "could", "will": "might", "can": "must", "would": "should", "may": "must"}
_NUMBERS = {
    "one": "two", "two": "three", "three": "seven", "four": "six", "five": "nine", "six": "two", "ten": "twelve",
    "hundred": "thousand", "million": "billion", "first": "second", "deux": "trois", "trois": "deux",
}  # fmt: skip
_NAMES = ("Morgan", "Quentin", "Brisbane", "Halvorsen", "Okonkwo", "Petrova")
_ASKED = 200
_QUOTED = ("what was said", "what has an omission", "what is altered by one word", "what nobody said", "common words")
_LOOK_ALIKE = str.maketrans("aceopxy", "асеорху")


@dataclass(frozen=True)
class Trial:
    """A quotation and what is true of it."""

    kind: str
    text: str
    truth: Verdict
    speaker: str | None = None


def plain(text: str) -> str:
    """The words of a text in lower case, a space around each, found by another road than the verdict's."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'").lower()
    text = re.sub(r"[\u00ad\u200b-\u200f\u2060\ufeff]", "", text)
    words = " ".join(re.findall(r"[^\W_]+", text))
    return f" {words} "


class Record:
    """The words of everything that was loaded, to tell what is true."""

    def __init__(self, connection: sa.Connection) -> None:
        # Notes and headings are the editor's: nobody says them.
        spoken = col(Turn.kind).in_([TurnKind.QUESTION, TurnKind.ANSWER, TurnKind.STATEMENT])
        columns = (
            sa.select(col(Turn.id), col(Turn.text), col(Turn.speaker_id))
            .where(spoken)
            .order_by(col(Turn.interview_id), col(Turn.position))
        )
        self.turns = [row for row in connection.execute(columns) if row.text.strip()]
        of_speakers: dict[str, list[str]] = defaultdict(list)
        for turn in self.turns:
            of_speakers[turn.speaker_id or ""].append(plain(turn.text))
        self.of_speakers = {speaker: " ".join(texts) for speaker, texts in of_speakers.items()}
        self.speakers = {
            row.id: row for row in connection.execute(sa.select(col(Speaker.id), col(Speaker.slug), col(Speaker.name)))
        }
        self.everything = "\n".join(plain(turn.text) for turn in self.turns)

    def has(self, text: str) -> bool:
        """Whether these words stand anywhere, one after the other."""
        return plain(text) in self.everything


def units(text: str) -> list[tuple[int, int]]:
    """Where a text may be cut: its words, or its characters where it is written without spaces."""
    words = [found.span() for found in re.finditer(r"\S+", text)]
    if len(words) * 12 > len(text):
        return words
    return [found.span() for found in re.finditer(r"[A-Za-z0-9]+|\w", text)]


def joined(parts: Sequence[str], between: str) -> str:
    """Join the parts of a span; words of letters and digits do not grow together."""
    text = ""
    for part in parts:
        runs_on = not between and text[-1:].isascii() and text[-1:].isalnum() and part[:1].isascii()
        text += (" " if runs_on else between if text else "") + part
    return text


def spans(source: random.Random, texts: Sequence[str]) -> Iterator[tuple[list[str], str]]:
    """Cut spans without end: the parts of each, and its text."""
    long_enough = [text for text in texts if len(units(text)) >= _FEWEST]
    while True:
        text = source.choice(long_enough)
        places = units(text)
        count = min(len(places), source.randint(_FEWEST, _MOST))
        first = source.randint(0, len(places) - count)
        chosen = places[first : first + count]
        cut = text[chosen[0][0] : chosen[-1][1]]
        if len(re.findall(r"\w+", cut)) < _FEWEST and len(chosen) < _FEWEST:
            continue
        yield [text[begin:end] for begin, end in chosen], cut


def typographic(source: random.Random, cut: str) -> str:
    """Change everything about a span but its words."""

    def latin_look_alike(text: str) -> str:
        words = [found for found in re.finditer(r"[A-Za-z]{4,}", text) if re.search("[aceopxy]", found.group())]
        if not words:
            return text
        word = source.choice(words)
        place = source.choice([at for at in range(word.start(), word.end()) if text[at] in "aceopxy"])
        return text[:place] + text[place].translate(_LOOK_ALIKE) + text[place + 1 :]

    def emphasis(text: str) -> str:
        words = list(re.finditer(r"(?<![\w*_`\\])[^\W\d_]{3,}(?![\w*_`'’])", text))
        if not words:
            return text
        word = source.choice(words)
        mark = source.choice(["*", "**", "_"])
        return f"{text[: word.start()]}{mark}{word.group()}{mark}{text[word.end() :]}"

    changes: list[Callable[[str], str]] = [
        lambda text: text.replace("'", "’") if "'" in text else text.replace("’", "'"),
        lambda text: text.replace(" - ", " — ").replace("--", "—").replace("–", "-"),
        lambda text: text.replace('"', "”").replace("“", '"'),
        str.upper,
        str.lower,
        lambda text: re.sub(r"\s+", lambda _found: source.choice([" ", "  ", "\n", "\u00a0", "\u2009"]), text),
        lambda text: f"{text.rstrip('.,;:!')},",
        lambda text: f"{text.rstrip('.,;:!')}.",
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("...", "…") if "..." in text else text.replace("…", "..."),
        lambda text: f"“{text}”",
        latin_look_alike,
        emphasis,
        lambda text: text[: len(text) // 2] + "\u200b" + text[len(text) // 2 :],
    ]
    text = cut
    for change in source.sample(changes, source.randint(1, 3)):
        text = change(text)
    return text


def altered(source: random.Random, parts: list[str]) -> tuple[str, list[str]] | None:
    """Change one word, and say of what kind it is."""
    inside = range(1, len(parts) - 1)

    def replaced(table: dict[str, str]) -> list[str] | None:
        places = [place for place in inside if parts[place].strip(".,;:!?").lower() in table]
        if not places:
            return None
        place = source.choice(places)
        bare = parts[place].strip(".,;:!?")
        return [*parts[:place], parts[place].replace(bare, table[bare.lower()]), *parts[place + 1 :]]

    def negation() -> list[str] | None:
        places = [place for place in inside if re.fullmatch(r"(?i)not|never|no|pas|[a-z]+n['’]t", parts[place])]
        if places and source.random() < 0.6:
            place = source.choice(places)
            positive = re.sub(r"(?i)n['’]t$", "", parts[place])
            kept = [] if positive == parts[place] else [positive]
            return [*parts[:place], *kept, *parts[place + 1 :]]
        place = source.choice(inside)
        return [*parts[:place], source.choice(["not", "never"]), *parts[place:]]

    def number() -> list[str] | None:
        places = [place for place in inside if re.search(r"\d", parts[place])]
        if not places:
            return replaced(_NUMBERS)
        place = source.choice(places)
        digit = re.search(r"\d", parts[place])
        assert digit is not None
        other = str((int(digit.group()) + source.randint(1, 8)) % 10)
        changed = parts[place][: digit.start()] + other + parts[place][digit.end() :]
        return [*parts[:place], changed, *parts[place + 1 :]]

    def name() -> list[str] | None:
        places = [place for place in inside if re.fullmatch(r"[A-Z][a-z]{2,}", parts[place])]
        if not places:
            return None
        place = source.choice(places)
        return [*parts[:place], source.choice(_NAMES), *parts[place + 1 :]]

    def dropped() -> list[str] | None:
        place = source.choice(inside)
        return [*parts[:place], *parts[place + 1 :]] if re.search(r"\w", parts[place]) else None

    kinds: dict[str, Callable[[], list[str] | None]] = {
        "negation": negation,
        "number": number,
        "name": name,
        "antonym": lambda: replaced(_OPPOSITES),
        "modality": lambda: replaced(_MODALS),
        "dropped": dropped,
    }
    kind = source.choice(list(kinds))
    changed = kinds[kind]()
    return None if changed is None else (kind, changed)


def trials(source: random.Random, record: Record, held_out: Sequence[str], count: int) -> Iterator[Trial]:
    """Make so many trials of each kind. What would be true of the record in another way as well is left out."""
    cuts = spans(source, [turn.text for turn in record.turns])
    for _ in range(count):
        yield Trial("exact", next(cuts)[1], Verdict.EXACT)
    yield from islice(_folded(source, cuts), count)
    yield from islice(_elided(source, cuts, record), count)
    yield from islice(_altered(source, cuts, record), 2 * count)
    for kind, change in {**MARKS, **NEAR}.items():
        yield from islice(_changed(source, cuts, record, kind, change), max(count // 5, 1))
    yield from islice(_interrupted(source, record), count)
    yield from islice(_misattributed(source, record), count)
    outside = spans(source, held_out)
    unknown = (Trial("from files not loaded", cut, Verdict.NOT_FOUND) for _, cut in outside if not record.has(cut))
    yield from islice(unknown, count)


Cuts = Iterator[tuple[list[str], str]]


def _folded(source: random.Random, cuts: Cuts) -> Iterator[Trial]:
    for _parts, cut in cuts:
        changed = typographic(source, cut)
        if changed.strip("“”") != cut:
            yield Trial("typography", changed, Verdict.FOLDED)


def _elided(source: random.Random, cuts: Cuts, record: Record) -> Iterator[Trial]:
    for parts, cut in cuts:
        # An ellipsis of the record's own would be read as one more omission.
        if len(parts) < 12 or _ELLIPSIS.search(cut):
            continue
        first = source.randint(4, len(parts) - 6)
        last = source.randint(first + 1, len(parts) - 4)
        between = " " if " " in cut else ""
        mark = source.choice(["…", " ... ", " [...] ", " … ", "[…]"])
        text = f"{joined(parts[:first], between)}{mark}{joined(parts[last:], between)}"
        # One that hides a negation within a sentence is altered.
        if not record.has(text) and not any(map(HIDDEN.search, parts[first:last])):
            yield Trial("elided", text, Verdict.ELIDED)


def _altered(source: random.Random, cuts: Cuts, record: Record) -> Iterator[Trial]:
    for parts, cut in cuts:
        change = None if _ELLIPSIS.search(cut) else altered(source, parts)
        if change is None:
            continue
        text = joined(change[1], " " if " " in cut else "")
        if plain(text) != plain(cut) and not record.has(text):
            yield Trial(f"altered: {change[0]}", text, Verdict.ALTERED)


def _changed(source: random.Random, cuts: Cuts, record: Record, kind: str, change: Change) -> Iterator[Trial]:
    for parts, cut in islice(cuts, _MOST_TRIED):
        changed = None if _ELLIPSIS.search(cut) or " " not in cut else change(source, parts)
        if changed is not None and not record.has(text := " ".join(changed)):
            yield Trial(f"near: {kind}" if kind in NEAR else f"altered: {kind}", text, Verdict.ALTERED)


def _interrupted(source: random.Random, record: Record) -> Iterator[Trial]:
    """Quote two turns of one speaker between which a listener puts in a word."""
    turns = record.turns
    places = [
        place
        for place in range(1, len(turns) - 1)
        if turns[place - 1].speaker_id
        and turns[place - 1].speaker_id == turns[place + 1].speaker_id != turns[place].speaker_id
        and is_interjection(token_texts(turns[place].text))
        and min(len(units(turns[place - 1].text)), len(units(turns[place + 1].text))) >= _FEWEST
        and turns[place - 1].id.rpartition("-")[0] == turns[place + 1].id.rpartition("-")[0]
    ]
    source.shuffle(places)
    for place in places:
        before, after = turns[place - 1].text.split()[-8:], turns[place + 1].text.split()[:8]
        text = " ".join([*before, *after])
        if not _ELLIPSIS.search(text) and not record.has(text):
            yield Trial("near: a listener puts in a word", text, Verdict.FOLDED)


def judge_articles(database: Database, record: Record, source: random.Random, count: int) -> None:
    """Verify articles that name a speaker, and print how often that speaker is claimed, and how often accused."""
    named = [
        turn
        for turn in record.turns
        if turn.speaker_id
        and re.fullmatch(r"[A-Z]\w+(?: [A-Z]\w+)+", record.speakers[turn.speaker_id].name or "")
        and len(units(turn.text)) >= _FEWEST
    ]
    if not named:
        print("articles: no speaker has a full name")
        return
    tally: Counter[tuple[str, str]] = Counter()
    with database.read() as connection:
        for _ in range(count):
            turn = source.choice(named)
            _parts, cut = next(spans(source, [turn.text]))
            speaker, other = record.speakers[turn.speaker_id], record.speakers[source.choice(named).speaker_id]
            if other.id == speaker.id or any(mark in cut for mark in '“”"»«„‘\n>'):
                continue
            for language, article in articles(source, speaker.name, other.name, cut):
                item = _last_item(connection, article)
                is_claimed = speaker.slug in _claimed(item)
                tally[language, "articles"] += 1
                tally[language, "claimed"] += is_claimed
                tally[language, "accused"] += item is not None and item["verdict"] is Verdict.MISATTRIBUTED
                if not is_claimed:
                    print(f"  not claimed: {article!r}")
            # The other one is named beside the words, and did not say them.
            article = articles_of_others(source, other.name, speaker.name, cut)
            item = _last_item(connection, article)
            tally["said by nobody named", "articles"] += 1
            tally["said by nobody named", "claimed"] += bool(_claimed(item))
            tally["said by nobody named", "accused"] += item is not None and item["verdict"] is Verdict.MISATTRIBUTED
            if _claimed(item):
                print(f"  claimed all the same: {article!r}")
    for kind in dict.fromkeys(kind for kind, _what in tally):
        whole, claimed, accused = (tally[kind, what] for what in ("articles", "claimed", "accused"))
        print(f"articles, {kind}: {whole}; speaker claimed {claimed / max(whole, 1):.4f}; falsely accused {accused}")


def _last_item(connection: sa.Connection, article: str) -> dict[str, Any] | None:
    *_rest, item = [None, *verify_article(connection, article, 3)]
    return item


def _claimed(item: dict[str, Any] | None) -> Sequence[str]:
    return () if item is None or item["attribution"] is None else item["attribution"]["speakers"]


def judge_own() -> None:
    """Judge quotations of sentences of this benchmark's own by the one passage that they are of."""
    tally: Counter[tuple[str, str]] = Counter()
    for trial in own_trials():
        passage = Passage("p", (PassageTurn("t", trial.passage),))
        verdict = judge(trial.quotation, [passage]).verdict
        is_right = (verdict is Verdict.ALTERED) if trial.is_altered else (verdict in FAITHFUL)
        tally[trial.kind, "right"] += is_right
        tally[trial.kind, "all"] += 1
        tally[trial.kind, "faithful"] += trial.is_altered and verdict in FAITHFUL
        if not is_right:
            print(f"  {trial.kind}, found {verdict}: {trial.quotation!r} of {trial.passage!r}")
    for kind in dict.fromkeys(kind for kind, _what in tally):
        right, whole, wrong = (tally[kind, what] for what in ("right", "all", "faithful"))
        print(f"{kind}: {right} of {whole} right; altered and called faithful {wrong}")


def _misattributed(source: random.Random, record: Record) -> Iterator[Trial]:
    of_somebody = [turn for turn in record.turns if turn.speaker_id and len(units(turn.text)) >= _FEWEST]
    speakers = [speaker for speaker in record.speakers if record.of_speakers.get(speaker)]
    while True:
        turn = source.choice(of_somebody)
        _parts, cut = next(spans(source, [turn.text]))
        other = source.choice(speakers)
        same_name = record.speakers[other].name == record.speakers[turn.speaker_id].name is not None
        # The other one, or somebody unknown, may say it too.
        says_it = any(plain(cut) in record.of_speakers.get(speaker, "") for speaker in (other, ""))
        if not (same_name or says_it or other == turn.speaker_id):
            yield Trial("attributed to another", cut, Verdict.MISATTRIBUTED, record.speakers[other].slug)


def _split(
    prepared: Sequence[PreparedTranscript], source: random.Random
) -> tuple[list[PreparedTranscript], list[PreparedTranscript]]:
    """Keep some files out, none of which shares much with one that is loaded: a talk may be there in two formats."""
    shingles = []
    for one in prepared:
        words = plain(" ".join(turn.text for turn in one.transcript.turns)).split()
        shingles.append({tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE)})
    times = Counter(shingle for found in shingles for shingle in found)
    alone = [
        number
        for number, found in enumerate(shingles)
        if found and sum(times[shingle] > 1 for shingle in found) < 0.01 * len(found)
    ]
    out = set(source.sample(alone, max(1, int(_HELD_OUT * len(alone)))))
    return (
        [one for number, one in enumerate(prepared) if number not in out],
        [one for number, one in enumerate(prepared) if number in out],
    )


def judge_all(database: Database, made: Sequence[Trial], show: int) -> None:
    """Verify every trial, and print how often the verdict is the true one."""
    confusion: Counter[tuple[str, Verdict, Verdict]] = Counter()
    shown: Counter[tuple[str, Verdict]] = Counter()
    with database.read() as connection:
        for trial in made:
            found = verify(connection, trial.text, [trial.speaker] if trial.speaker else [])
            verdict = Verdict(found["verdict"])
            confusion[trial.kind, trial.truth, verdict] += 1
            if verdict is not trial.truth and shown[trial.kind, verdict] < show:
                shown[trial.kind, verdict] += 1
                print(f"  {trial.kind}, true {trial.truth}, found {verdict}: {trial.text!r}")
                for match in found["matches"][:1]:
                    differs = [(one["kind"], one["quoted"], one["stands"]) for one in match["differences"]]
                    print(f"      {match['text']!r} {differs}")
    for kind in dict.fromkeys(kind for kind, _truth, _found in confusion):
        counts = {found.value: times for (one, _truth, found), times in sorted(confusion.items()) if one == kind}
        print(f"{kind}: {counts}")
    for verdict in Verdict:
        right = sum(times for (_kind, truth, found), times in confusion.items() if truth is found is verdict)
        given = sum(times for (_kind, _truth, found), times in confusion.items() if found is verdict)
        true = sum(times for (_kind, truth, _found), times in confusion.items() if truth is verdict)
        if true:
            print(f"{verdict}: precision {right / given if given else 1:.4f}, recall {right / true:.4f} of {true}")
    wrong = sum(
        times for (_kind, truth, found), times in confusion.items() if truth is Verdict.ALTERED and found in FAITHFUL
    )
    print(f"altered quotations that were called faithful: {wrong}")


def main() -> None:
    """Load, cut, verify and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--spans", type=int, default=500, help="spans of each kind; twice as many altered ones")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--turns", type=int, default=100_000, help="of the generated corpus; 0 leaves costs out")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong verdicts of each kind")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        judge_own()
        if arguments.folders:
            _rightness(Path(folder), arguments)
        if arguments.turns:
            _cost(Path(folder), arguments)


def _rightness(folder: Path, arguments: argparse.Namespace) -> None:
    source = random.Random(arguments.seed)
    batches = prepare_all(find_files(arguments.folders).transcripts, ReadOptions(keep_unlabelled=True), 1)
    prepared = [one for batch in batches for one in batch if not isinstance(one, RefusedFile)]
    loaded, held_out = _split(prepared, source)
    database = Database(f"sqlite:///{folder}/record.db")
    database.migrate()
    with database.write() as connection:
        for one in loaded:
            load_interview(connection, one, at(_NOW))
    with database.read() as connection:
        record = Record(connection)
    outside = [turn.text for one in held_out for turn in one.transcript.turns]
    made = list(trials(source, record, outside, arguments.spans))
    print(
        f"{len(loaded)} files with {len(record.turns)} turns loaded, {len(held_out)} kept out; {len(made)} quotations"
    )
    judge_all(database, made, arguments.show)
    judge_articles(database, record, source, arguments.spans)
    database.close()


def _cost(folder: Path, arguments: argparse.Namespace) -> None:
    source = random.Random(arguments.seed)
    url = f"sqlite:///{folder}/generated.db"
    database = Database(url)
    database.migrate()
    fill(database, arguments.turns // 2)
    database.migrate()
    with database.read() as connection:
        some = sa.select(col(Turn.text)).where(col(Turn.position) % 20 == 2).limit(2_000)
        texts = list(connection.execute(some).scalars())
        turns = connection.execute(sa.select(sa.func.count()).select_from(Turn)).scalar_one()
    database.close()
    # A busy machine must not cut off what is measured.
    with TestClient(create_app(Settings(database_url=url, statement_seconds=60, cache_bytes=0))) as client:
        search = _times(client, [_search(source, texts) for _ in range(_ASKED)])
        print(f"{turns} turns; one plain search: p50 {search[0]:.1f} ms, p95 {search[1]:.1f} ms")
        for kind in _QUOTED:
            times = _times(client, [_quote(source, texts, kind) for _ in range(_ASKED)])
            print(
                f"verifying {kind}: p50 {times[0]:.1f} ms, p95 {times[1]:.1f} ms, "
                f"ratio of p95 to one plain search {times[1] / search[1]:.2f}"
            )
        long = " ".join(texts)[:10_000]
        common = ("ab abcde " * 2_000)[:10_000]
        for kind, text in (("10,000 characters", long), ("10,000 characters of common words", common)):
            start = time.perf_counter()
            client.post("/v1/quotes/verify", json={"text": text}).raise_for_status()
            print(f"verifying {kind}: {1000 * (time.perf_counter() - start):.0f} ms")


def _search(source: random.Random, texts: Sequence[str]) -> str:
    words = source.choice(texts).split()
    return f"/v1/search?{urlencode({'q': ' '.join(source.sample(words, min(2, len(words))))})}"


def _quote(source: random.Random, texts: Sequence[str], kind: str) -> str:
    words = source.choice([text for text in texts if len(text.split()) >= 20]).split()
    first = source.randint(0, len(words) - 15)
    chosen = words[first : first + 15]
    if kind == "what has an omission":
        chosen = [*chosen[:5], "…", *chosen[9:]]
    elif kind == "what is altered by one word":
        chosen[7] = "not"
    elif kind == "what nobody said":
        chosen = [source.choice(source.choice(texts).split()) for _ in range(15)]
    elif kind == "common words":
        counts = Counter(word for text in texts for word in text.split())
        common = [word for word, _count in counts.most_common(8)]
        chosen = [source.choice(common) for _ in range(15)]
    return f"/v1/quotes/verify?{urlencode({'text': ' '.join(chosen)})}"


def _times(client: TestClient, addresses: Sequence[str]) -> tuple[float, float]:
    times = []
    for address in addresses:
        start = time.perf_counter()
        client.get(address).raise_for_status()
        times.append(1000 * (time.perf_counter() - start))
    cuts = statistics.quantiles(times, n=20)
    return statistics.median(times), cuts[18]


if __name__ == "__main__":
    main()
