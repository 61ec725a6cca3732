from app.topics.concepts import Concept, ConceptLabel, LabelKind, Method
from app.topics.suggestion import ExchangeText, ExchangeTurn, Suggester, Suggestion

CONCEPTS = {
    "rivers": Concept(
        (
            ConceptLabel(LabelKind.PREFERRED, None, "River"),
            ConceptLabel(LabelKind.ALTERNATIVE, None, "stream"),
            ConceptLabel(LabelKind.HIDDEN, None, "brook"),
        )
    ),
    "mills": Concept((ConceptLabel(LabelKind.PREFERRED, None, "Mill"),)),
}


def _passage(name: str, asked: str, answered: str = "", tags: tuple[str, ...] = ()) -> ExchangeText:
    turns = (ExchangeTurn(f"{name}-t1", asked, True), ExchangeTurn(f"{name}-t2", answered, False))
    return ExchangeText(name, f"interview of {name}", "en", turns, tags)


def _suggester(*exchanges: ExchangeText, **confirmed: set[str]) -> Suggester:
    suggester = Suggester(CONCEPTS)
    suggester.learn(exchanges, confirmed, {})
    return suggester


def _sure(found: list[Suggestion], topic: str = "rivers") -> float:
    return next((one.confidence for one in found if one.topic == topic), 0.0)


def test_label_is_evidence_where_it_stands() -> None:
    [found] = _suggester().suggest(_passage("q", "And the old rivers?", "They rose."))
    assert (found.topic, found.method) == ("rivers", Method.PHRASE)
    assert 0 < found.confidence < 1
    [evidence] = found.evidence
    assert (evidence["kind"], evidence["turn_id"], evidence["label"]) == ("label", "q-t1", "River")
    assert "And the old rivers?"[evidence["start"] : evidence["end"]] == "rivers"


def test_question_counts_more_than_answer_and_often_more_than_once() -> None:
    exchanges = [_passage(str(number), "What then of it all?", "Nothing came of it.") for number in range(20)]
    suggester = _suggester(*exchanges)
    asked = _sure(suggester.suggest(_passage("q", "And the river then?", "It rose a little.")))
    answered = _sure(suggester.suggest(_passage("q", "And what came then?", "The river rose.")))
    twice = _sure(suggester.suggest(_passage("q", "And what came then?", "The river, the river.")))
    long_ago = _sure(suggester.suggest(_passage("q", "And what came then?", "The river rose. " + "So it goes. " * 40)))
    assert asked > twice > answered > long_ago > 0


def test_kinds_of_labels_weigh_differently_and_common_labels_less() -> None:
    suggester = _suggester()
    asked = [_sure(suggester.suggest(_passage("q", f"And the {word}?"))) for word in ("river", "stream", "brook")]
    assert asked[0] > asked[1] > asked[2]
    everywhere = _suggester(*(_passage(str(number), "A river?") for number in range(30)))
    assert _sure(everywhere.suggest(_passage("q", "And the river?"))) < asked[0]


def test_confirmed_question_that_is_alike_votes_and_is_named() -> None:
    passages = [
        _passage("a", "How did the wheel turn?", "By water from the weir, over the wheel."),
        *(_passage(f"x{number}", f"Who sang {number}?", "The choir sang.") for number in range(8)),
    ]
    suggester = _suggester(*passages, a={"mills"})
    [found] = suggester.suggest(_passage("b", "Did the wheel stand at the weir?", "The wheel stood still."))
    assert (found.topic, found.method) == ("mills", Method.NEIGHBOURS)
    assert found.evidence[0]["question_id"] == "a"
    assert set(found.evidence[0]["terms"]) >= {"wheel", "weir"}
    assert suggester.suggest(_passage("c", "Who sang?")) == []
    # What a question is confirmed as itself proves nothing about it.
    assert suggester.suggest(passages[0]) == []


def test_two_reasons_make_it_surer() -> None:
    passages = [
        _passage("a", "How did the wheel turn?", "By water from the weir, over the wheel."),
        *(_passage(f"x{number}", f"Who sang {number}?", "The choir sang.") for number in range(8)),
    ]
    asked = _passage("b", "Did the wheel of the mill stand at the weir?")
    alone = _suggester(*passages).suggest(asked)
    [both] = _suggester(*passages, a={"mills"}).suggest(asked)
    assert both.method is Method.COMBINED
    assert both.confidence > _sure(alone, "mills") > 0
    assert {piece["kind"] for piece in both.evidence} == {"label", "question"}


def test_label_is_trusted_as_often_as_it_was_confirmed() -> None:
    passages = [_passage(f"{number}", "Was the mill by the river?") for number in range(20)]
    asked = _passage("q", "A river")
    never_decided = _suggester(*passages).suggest(asked)
    right, wrong = Suggester(CONCEPTS), Suggester(CONCEPTS)
    right.learn(passages, {f"{number}": {"rivers"} for number in range(20)}, {})
    wrong.learn(passages, {"0": {"rivers"}, **{f"{number}": {"mills"} for number in range(1, 20)}}, {})

    assert _sure(wrong.suggest(asked)) < _sure(never_decided) <= _sure(right.suggest(asked)) < 1


def test_rejections_are_learned_from() -> None:
    passages = [_passage(f"{number}", "A river?") for number in range(20)]
    unread, rejecting = Suggester(CONCEPTS), Suggester(CONCEPTS)
    unread.learn(passages, {}, {})
    rejecting.learn(passages, {}, {f"{number}": {"rivers"} for number in range(20)})
    asked = _passage("q", "A river?")
    assert _sure(rejecting.suggest(asked)) < 0.6 * _sure(unread.suggest(asked))


def test_interview_speaks_for_its_topics_on_each_of_its_questions() -> None:
    def of_one(name: str, asked: str, title: str = "") -> ExchangeText:
        return ExchangeText(name, "one interview", "en", (ExchangeTurn(f"{name}-t", asked, True),), title=title)

    rest = [_passage(str(number), "What then of it all?") for number in range(20)]
    exchanges = [of_one("a", "The river, the river?"), of_one("b", "And who sang?"), *rest]
    suggester = _suggester(*exchanges)
    [own], [other] = suggester.suggest(exchanges[0]), suggester.suggest(exchanges[1])
    assert own.confidence > other.confidence > 0
    assert [(piece["kind"], piece["label"]) for piece in other.evidence] == [("interview", "River")]
    titled = [of_one("a", "The river, the river?", "Of a river"), of_one("b", "And who sang?", "Of a river"), *rest]
    assert _sure(_suggester(*titled).suggest(titled[1])) > other.confidence
    assert suggester.suggest(rest[0]) == []


def test_interview_that_is_alike_votes_and_is_named() -> None:
    words = "wheel weir sluice millstone grain flour"
    rest = [_passage(f"x{number}", f"Who sang {number}?", "The choir sang.") for number in range(8)]
    asked = [
        _passage("b", "How was the weir?", "Sluice, wheel, millstone."),
        _passage("c", "And so?", "The choir sang."),
    ]
    [found] = _suggester(_passage("a", "How?", words), *asked, *rest, a={"mills"}).suggest(asked[0])
    [alike] = [piece for piece in found.evidence if piece["kind"] == "interview"]
    assert (found.topic, alike["interview_id"]) == ("mills", "interview of a")
    assert set(alike["terms"]) >= {"sluice", "millstone"}


def test_tag_that_is_a_label_is_a_reason() -> None:
    [found] = _suggester().suggest(_passage("q", "What then?", tags=("Rivers", "unknown")))
    assert (found.topic, found.method) == ("rivers", Method.TAG)
    assert [(piece["kind"], piece["tag"]) for piece in found.evidence] == [("tag", "Rivers")]


def test_version_changes_with_labels_and_not_with_their_order() -> None:
    assert Suggester(CONCEPTS).version == Suggester(dict(reversed(CONCEPTS.items()))).version
    assert Suggester(CONCEPTS).version != Suggester({"mills": CONCEPTS["mills"]}).version
