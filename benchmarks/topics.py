"""How good suggested topics are, against tags that people gave: takes folders of transcripts whose front matter or
metadata has tags, hides the tags, suggests, and compares; and whether suggesting takes linear time.

python -m benchmarks.topics FOLDER [FOLDER ...]     tables of P@1, R@5 and best F1
python -m benchmarks.topics --time [--questions N]  time against splitting the same texts into words

The vocabulary is the tags of the folders, each with one label, the tag itself. Tags are given to a whole file, and
topics are suggested for questions: a file's score for a topic is the mean of the confidence over its questions, and
over its turns outside questions, which a talk mostly consists of.

Baselines are popularity (the tags by how many files of the other folds have them) and phrases alone. Phrases with
neighbours are measured in five folds: the files of the other four are confirmed, each question with the tags of its
file. P@1 is the share of files whose first topic is one of their tags; R@5 the mean share of a file's tags among its
first five; best F1 is over all pairs of file and topic, at the threshold that is best for the row.
"""

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app.structure.batches import ReadOptions, RefusedFile, prepare_all
from app.structure.files import find_files
from app.structure.prepare import PreparedTranscript
from app.text.folding import slugify
from app.topics.concepts import Concept, ConceptLabel, LabelKind, Vocabulary
from app.topics.suggestion import ExchangeText, ExchangeTurn, Suggester
from app.topics.words import split_words
from benchmarks.corpus import interviews

_FOLDS, _SEED = 5, 1
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


def _reliability(scores: Scores, tags: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield how many of the topics of files are tags, by how sure the surest exchange of the file is."""
    bands: dict[int, list[bool]] = defaultdict(list)
    for name in tags:
        for topic, score in scores[name].items():
            bands[min(int(score * 5), 4)].append(topic in tags[name])
    for band, right in sorted(bands.items()):
        share = sum(right) / len(right)
        yield f"  surest {band / 5:.1f} to {(band + 1) / 5:.1f}: {len(right):5} topics of files, {share:.2f} are tags"


def _folds(names: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    shuffled = sorted(names)
    random.Random(_SEED).shuffle(shuffled)
    for fold in range(_FOLDS):
        held_out = shuffled[fold::_FOLDS]
        yield held_out, [name for name in shuffled if name not in set(held_out)]


def compare(folders: Sequence[Path]) -> None:
    """Print the table for some folders."""
    read = _read(folders)
    tagged = {f"{number}-{one.slug}": one for number, one in enumerate(read) if one.metadata.topics}
    if len(tagged) < _FOLDS:
        print(f"{len(read)} files, {len(tagged)} with tags: too few to measure")
        return
    tags = {name: {slugify(tag) for tag in one.metadata.topics} for name, one in tagged.items()}
    concepts: dict[str, Concept] = {}
    for one in tagged.values():
        for tag in one.metadata.topics:
            concepts.setdefault(slugify(tag), Concept((ConceptLabel(LabelKind.PREFERRED, None, tag),)))
    exchanges = {name: _exchanges(name, one) for name, one in tagged.items()}
    everything = [exchange for some in exchanges.values() for exchange in some]
    by_phrase = Suggester(concepts)
    by_phrase.learn(everything, {}, {})
    phrase = {name: _scores(by_phrase, some) for name, some in exchanges.items()}
    popular: Scores = {}
    fused: Scores = {}
    surest: Scores = {}
    for held_out, others in _folds(list(tags)):
        counts = Counter(tag for name in others for tag in tags[name])
        suggester = Suggester(concepts)
        suggester.learn(everything, {exchange.id: tags[name] for name in others for exchange in exchanges[name]}, {})
        for name in held_out:
            popular[name] = {topic: count / len(others) for topic, count in counts.items()}
            fused[name] = _scores(suggester, exchanges[name])
            surest[name] = _surest(suggester, exchanges[name])
    _print_corpus(read, tags, phrase, popular, everything)
    for title, scores in (("popularity", popular), ("phrase", phrase), ("phrase and neighbours", fused)):
        first, found, best = measure(scores, tags)
        print(f"  {title:22} P@1 {first:.2f}  R@5 {found:.2f}  best F1 {best:.2f}")
    print(*_reliability(surest, tags), sep="\n")


def _surest(suggester: Suggester, exchanges: Sequence[ExchangeText]) -> dict[str, float]:
    surest: dict[str, float] = defaultdict(float)
    for exchange in exchanges:
        for one in suggester.suggest(exchange):
            surest[one.topic] = max(surest[one.topic], one.confidence)
    return surest


def _print_corpus(
    read: Sequence[PreparedTranscript],
    tags: Mapping[str, set[str]],
    phrase: Scores,
    popular: Scores,
    exchanges: Sequence[ExchangeText],
) -> None:
    given = sum(map(len, tags.values()))
    said = sum(tag in phrase[name] for name in tags for tag in tags[name])
    known = sum(tag in popular[name] for name in tags for tag in tags[name])
    either = sum(tag in phrase[name] or tag in popular[name] for name in tags for tag in tags[name])
    print(f"{len(read)} files, {len(tags)} with tags; {len(set().union(*tags.values()))} different tags, {given} given")
    print(f"{len(exchanges)} exchanges")
    print(
        f"of the tags given, {said / given:.2f} stand in the words of their file, {known / given:.2f} on another file "
        f"of the other folds, {either / given:.2f} either: no method finds the rest"
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
    parser.add_argument("--time", action="store_true", help="measure time instead")
    parser.add_argument("--questions", type=int, default=20_000, help="generated questions, for --time")
    arguments = parser.parse_args()
    if arguments.time:
        linear(arguments.questions)
    elif arguments.folders:
        compare(arguments.folders)
    else:
        parser.error("name a folder, or --time")


if __name__ == "__main__":
    main()
