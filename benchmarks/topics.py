"""How good suggested topics are, against tags that people gave: takes folders of transcripts whose front matter or
metadata has tags, hides the tags, suggests, and compares; and whether suggesting takes linear time.

python -m benchmarks.topics FOLDER [FOLDER ...]     tables of P@1, R@5, best F1, and how often a confidence is right
python -m benchmarks.topics FOLDER --fit            print app/topics/calibration.py, fitted to these folders
python -m benchmarks.topics --time [--questions N]  time against splitting the same texts into words

The vocabulary is the tags of the folders, each with one label, the tag itself. Tags are given to a whole file, and
topics are suggested for questions: a file's score for a topic is the mean of the confidence over its questions, and
over its turns outside questions, which a talk mostly consists of.

Baselines are popularity (the tags by how many files of the other folds have them) and phrases alone. Everything is
measured in five folds of files. The files of the other four are confirmed, each question with the tags of its file, and
what each kind of evidence weighs is fitted to them alone: each of them is in turn taken as if it had no tags. Nothing
of a file that is measured is known but its words and its title. P@1 is the share of files whose first topic is one of
their tags; R@5 the mean share of a file's tags among its first five; best F1 is over all pairs of file and topic, at
the threshold that is best for the row. The table of reliability has all suggestions on exchanges by their confidence:
its mean, and the share whose topic is a tag of their file; each file counts the same, however long it is.
"""

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from app.structure.batches import ReadOptions, RefusedFile, prepare_all
from app.structure.files import find_files
from app.structure.prepare import PreparedTranscript
from app.text.folding import slugify
from app.topics.calibration import CALIBRATION
from app.topics.concepts import Concept, ConceptLabel, LabelKind, Vocabulary
from app.topics.confidence import Calibration
from app.topics.suggestion import ExchangeText, ExchangeTurn, Suggester
from app.topics.words import split_words
from benchmarks.calibrating import Row, fit, module_of
from benchmarks.corpus import interviews

_FOLDS, _FOLDS_TO_FIT, _SEED = 5, 4, 1
_BANDS = 5
Scores = dict[str, dict[str, float]]


def _read(folders: Sequence[Path]) -> list[PreparedTranscript]:
    read = []
    for batch in prepare_all(find_files(folders).transcripts, ReadOptions(keep_unlabelled=True), 1):
        for one in batch:
            if isinstance(one, RefusedFile):
                print(f"not read: {one.reason}", file=sys.stderr)
            else:
                read.append(one)
    return read


def _exchanges(name: str, prepared: PreparedTranscript) -> list[ExchangeText]:
    """Return each question with its answers, and each turn outside them by itself."""
    turns, language = prepared.transcript.turns, prepared.metadata.language
    groups: list[list[tuple[int, bool]]] = [
        [
            *((turn, True) for turn in exchange.question_turns),
            *((turn, False) for answer in exchange.answers for turn in answer.turns),
        ]
        for exchange in prepared.structure.exchanges
    ]
    within = {turn for group in groups for turn, _asks in group}
    groups += [[(turn, False)] for turn in range(len(turns)) if turn not in within]
    return [
        ExchangeText(
            f"{name}/{number}",
            name,
            language,
            tuple(ExchangeTurn(f"{name}/{turn}", turns[turn].text, asks) for turn, asks in group),
            title=prepared.metadata.title or "",
        )
        for number, group in enumerate(groups)
    ]


def _scores(suggester: Suggester, exchanges: Sequence[ExchangeText]) -> dict[str, float]:
    together: dict[str, float] = defaultdict(float)
    for exchange in exchanges:
        for one in suggester.suggest(exchange):
            together[one.topic] += one.confidence
    return {topic: score / len(exchanges) for topic, score in together.items()}


def _in_order(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda topic: (-scores[topic], topic))


def measure(scores: Scores, tags: Mapping[str, set[str]]) -> tuple[float, float, float]:
    """Return P@1, R@5 and the best F1 there is at any one threshold."""
    first = sum(_in_order(scores[name])[:1] != [] and _in_order(scores[name])[0] in tags[name] for name in tags)
    found = sum(len(set(_in_order(scores[name])[:5]) & tags[name]) / len(tags[name]) for name in tags)
    pairs = sorted(
        ((score, topic in tags[name]) for name in tags for topic, score in scores[name].items()), reverse=True
    )
    best, right, wanted = 0.0, 0, sum(map(len, tags.values()))
    for taken, (score, is_right) in enumerate(pairs, start=1):
        right += is_right
        # A threshold cannot part what has one score.
        if taken == len(pairs) or pairs[taken][0] != score:
            best = max(best, 2 * right / (taken + wanted))
    return first / len(tags), found / len(tags), best


def _reliability(found: Mapping[str, Sequence[tuple[float, bool]]]) -> Iterator[str]:
    """Yield how many suggestions are right, by how sure they are: pairs of confidence and rightness by file."""
    bands: dict[int, list[tuple[float, bool, float]]] = defaultdict(list)
    for pairs in found.values():
        for confidence, is_right in pairs:
            band = min(int(confidence * _BANDS), _BANDS - 1)
            bands[band].append((confidence, is_right, 1 / len(pairs)))
    for band, some in sorted(bands.items()):
        weight = sum(one[2] for one in some)
        mean, right = (sum(one[at] * one[2] for one in some) / weight for at in (0, 1))
        yield (
            f"  confidence {band / _BANDS:.1f} to {(band + 1) / _BANDS:.1f}: {len(some):6} suggestions, "
            f"mean {mean:.2f}, right {right:.2f}"
        )


def _folds(names: Sequence[str], folds: int = _FOLDS) -> Iterator[tuple[list[str], list[str]]]:
    shuffled = sorted(names)
    random.Random(_SEED).shuffle(shuffled)
    for fold in range(folds):
        held_out = shuffled[fold::folds]
        yield held_out, [name for name in shuffled if name not in set(held_out)]


class TaggedFiles:
    """Transcripts with tags: their tags, a vocabulary of all tags, and their exchanges."""

    def __init__(self, read: Sequence[PreparedTranscript]) -> None:
        tagged = {f"{number}-{one.slug}": one for number, one in enumerate(read) if one.metadata.topics}
        self.tags = {name: {slugify(tag) for tag in one.metadata.topics} for name, one in tagged.items()}
        self.concepts: dict[str, Concept] = {}
        for one in tagged.values():
            for tag in one.metadata.topics:
                self.concepts.setdefault(slugify(tag), Concept((ConceptLabel(LabelKind.PREFERRED, None, tag),)))
        self.exchanges = {name: _exchanges(name, one) for name, one in tagged.items()}
        self.everything = [exchange for some in self.exchanges.values() for exchange in some]

    def suggester(self, confirmed: Iterable[str], calibration: Calibration = CALIBRATION) -> Suggester:
        """Return a suggester that knows the words of all files, and the tags of some."""
        suggester = Suggester(self.concepts, calibration)
        decided = {exchange.id: self.tags[name] for name in confirmed for exchange in self.exchanges[name]}
        suggester.learn(self.everything, decided, {})
        return suggester

    def fit(self, names: Sequence[str]) -> Calibration:
        """Fit the weights of evidence to some files, each of them in turn as if it had no tags."""
        rows: list[Row] = []
        for held_out, others in _folds(names, _FOLDS_TO_FIT):
            suggester = self.suggester(others)
            for name in held_out:
                for exchange in self.exchanges[name]:
                    weight = 1 / len(self.exchanges[name])
                    rows += (
                        Row(features, reliability, topic in self.tags[name], weight)
                        for topic, (features, reliability) in suggester.features(exchange).items()
                    )
        return fit(rows)


def compare(folders: Sequence[Path]) -> None:
    """Print the table for some folders."""
    read = _read(folders)
    files = TaggedFiles(read)
    tags, exchanges = files.tags, files.exchanges
    if len(tags) < _FOLDS:
        print(f"{len(read)} files, {len(tags)} with tags: too few to measure")
        return
    # Of all evidence, the labels of each exchange alone.
    by_phrase = files.suggester([], Calibration(-5.0, 5.0, 0.0, 0.0, 0.0, 0.0))
    phrase = {name: _scores(by_phrase, some) for name, some in exchanges.items()}
    said = {
        name: {piece["label"] for exchange in some for one in by_phrase.suggest(exchange) for piece in one.evidence}
        for name, some in exchanges.items()
    }
    popular: Scores = {}
    scores: Scores = {}
    found: dict[str, list[tuple[float, bool]]] = {}
    for held_out, others in _folds(list(tags)):
        counts = Counter(tag for name in others for tag in tags[name])
        suggester = files.suggester(others, files.fit(others))
        for name in held_out:
            popular[name] = {topic: count / len(others) for topic, count in counts.items()}
            scores[name] = _scores(suggester, exchanges[name])
            found[name] = [
                (one.confidence, one.topic in tags[name])
                for exchange in exchanges[name]
                for one in suggester.suggest(exchange)
            ]
    _print_corpus(read, files, said, popular)
    for title, some in (("popularity", popular), ("phrase", phrase), ("everything", scores)):
        first, recall, best = measure(some, tags)
        print(f"  {title:22} P@1 {first:.2f}  R@5 {recall:.2f}  best F1 {best:.2f}")
    print(*_reliability(found), sep="\n")


def print_calibration(folders: Sequence[Path]) -> None:
    """Print the module of weights that are fitted to all files of some folders."""
    files = TaggedFiles(_read(folders))
    print(module_of(files.fit(list(files.tags)), len(files.tags)), end="")


def _print_corpus(
    read: Sequence[PreparedTranscript], files: TaggedFiles, labels: Mapping[str, set[str]], popular: Scores
) -> None:
    tags = files.tags
    given = sum(map(len, tags.values()))
    said = {name: {slugify(label) for label in labels[name] if label} for name in tags}
    in_words = sum(tag in said[name] for name in tags for tag in tags[name])
    known = sum(tag in popular[name] for name in tags for tag in tags[name])
    either = sum(tag in said[name] or tag in popular[name] for name in tags for tag in tags[name])
    print(f"{len(read)} files, {len(tags)} with tags; {len(set().union(*tags.values()))} different tags, {given} given")
    print(f"{len(files.everything)} exchanges")
    print(
        f"of the tags given, {in_words / given:.2f} stand in the words of their file, {known / given:.2f} on another "
        f"file of the other folds, {either / given:.2f} either: no method finds the rest"
    )


def linear(questions: int) -> None:
    """Print the time to suggest for generated questions, against splitting them into words, for N and 2N of them."""
    concepts = _generated_vocabulary()
    for count in (questions // 2, questions):
        exchanges = list(_generated(count))
        start = time.process_time()
        for exchange in exchanges:
            for turn in exchange.turns:
                split_words(turn.text, exchange.language)
        split = time.process_time() - start
        confirmed = {
            exchange.id: {f"topic-{random.Random(exchange.id).randrange(len(concepts))}"}
            for number, exchange in enumerate(exchanges)
            if number % 2
        }
        suggester = Suggester(concepts)
        start = time.process_time()
        suggester.learn(exchanges, confirmed, {})
        learned = time.process_time() - start
        start = time.process_time()
        for exchange in exchanges:
            suggester.suggest(exchange)
        suggested = time.process_time() - start
        print(
            f"{count:7} questions, half of them confirmed: learning {learned / split:.1f}, suggesting "
            f"{suggested / split:.1f} times splitting them into words ({split / count * 1e6:.0f} µs each)"
        )


def _generated(count: int) -> Iterator[ExchangeText]:
    number = 0
    for name, text, _metadata in interviews(count):
        lines = text.split("\n")
        for question, answer in zip(lines[::2], lines[1::2], strict=True):
            turns = (ExchangeTurn(f"{name}-q", question[3:], True), ExchangeTurn(f"{name}-a", answer[3:], False))
            yield ExchangeText(f"{name}-{number}", name, "en", turns)
            number += 1


def _generated_vocabulary() -> Vocabulary:
    """A thousand labels of one to three words that do stand in the texts."""
    source = random.Random(_SEED)
    words = sorted({word for exchange in _generated(400) for turn in exchange.turns for word in turn.text.split()})
    return {
        f"topic-{number}": Concept(
            (ConceptLabel(LabelKind.PREFERRED, "en", " ".join(source.choices(words, k=1 + number % 3))),)
        )
        for number in range(1000)
    }


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="folders of transcripts with tags, measured together")
    parser.add_argument("--fit", action="store_true", help="print weights fitted to the folders instead")
    parser.add_argument("--time", action="store_true", help="measure time instead")
    parser.add_argument("--questions", type=int, default=20_000, help="generated questions, for --time")
    arguments = parser.parse_args()
    if arguments.time:
        linear(arguments.questions)
    elif arguments.folders and arguments.fit:
        print_calibration(arguments.folders)
    elif arguments.folders:
        compare(arguments.folders)
    else:
        parser.error("name a folder, or --time")


if __name__ == "__main__":
    main()
