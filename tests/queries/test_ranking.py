from app.queries.query import Mode, Phrase, Query, read_query
from app.queries.ranking import MAX_REORDERED, fused, reordered, spread
from app.queries.scoring import Document, Scorer, Tier

COUNTS = {"": 1000, "lamp": 20, "brass": 5, "burn": 40}
LONG = "we carri it up the stair and let it shine over the bay all night"


def _score(text: str, question: str, answers: str, mode: Mode = Mode.SEARCH, title: str = "") -> tuple[int, float]:
    found = Scorer(read_query(text, mode), COUNTS).score(Document(title, question, answers))
    return found.tier, found.score


def test_scores_are_fused_as_a_convex_combination_of_normalized_ones() -> None:
    first, second = {1: 10.0, 2: 5.0, 3: 0.0}, {1: -1.0, 3: 1.0}
    assert fused(first, second, 0.0) == {1: 1.0, 2: 0.5, 3: 0.0}
    assert fused(first, second, 1.0) == {1: 0.0, 2: 0.0, 3: 1.0}
    assert fused(first, second, 0.5) == {1: 0.5, 2: 0.25, 3: 0.5}
    assert fused({1: 3.0}, {1: 3.0}, 0.5) == {1: 0.0}
    assert fused({}, {}, 0.5) == {}


def test_first_hits_are_reordered_by_a_second_score_within_their_tiers() -> None:
    hits = [(1, 0.9, 1), (1, 0.8, 2), (0, 0.95, 3), *((0, 0.1, number) for number in range(200, 50, -1))]
    moved = reordered(hits, {1: 0.0, 2: 1.0, 3: 1.0}, 0.5)
    assert [number for _tier, _score, number in moved[:3]] == [2, 1, 3]
    assert moved == sorted(moved, reverse=True)
    assert moved[MAX_REORDERED:] == hits[MAX_REORDERED:]
    assert all(0 <= score <= 1 for _tier, score, _number in moved)


def test_near_doubles_come_after_what_says_something_else() -> None:
    same = Document("", "how do you begin", "welcom to the lantern hour with news from the coast")
    other = Document("", "what hung there", "a lantern that my aunt paint green one summer")
    hits = [(1, 0.9 - number / 100, 10 - number) for number in range(4)]
    interviews = {10: "show", 9: "show", 8: "show", 7: "aunt"}
    moved = spread(hits, interviews, {10: same, 9: same, 8: same, 7: other})
    assert [number for _tier, _score, number in moved] == [10, 7, 9, 8]
    assert [tier for tier, _score, _number in moved] == [1, 1, 0, 0]
    # Hits of one interview that are no doubles keep their order.
    alone = spread(hits, dict.fromkeys((10, 9, 8, 7), "one"), {})
    assert [number for _tier, _score, number in alone] == [10, 9, 8, 7]


def test_scores_are_between_0_and_1_and_more_of_the_query_counts_more() -> None:
    whole = _score("brass lamp", "what is a brass lamp", LONG)
    apart = _score("brass lamp", "what lamp is brass", LONG)
    part = _score("brass lamp", "what is a lamp", LONG)
    often = _score("lamp", "", f"{LONG} {'lamp ' * 400}")
    assert 0 < part[1] < apart[1] < whole[1] < 1
    assert 0.5 < often[1] <= 1


def test_interjections_titles_and_echoes_are_of_the_lower_tier() -> None:
    assert _score("brass lamp", "", f"a brass lamp {LONG}")[0] == Tier.ALL
    assert _score("brass lamp", "brass lamp", "ye")[0] == Tier.SOME
    assert _score("brass lamp", "brass lamp", LONG)[0] == Tier.SOME
    assert _score("brass lamp", "what is a brass lamp", LONG)[0] == Tier.ALL
    assert _score("brass lamp", "where is it", LONG, title="the brass lamp")[0] == Tier.SOME
    assert _score("brass lamp", "where is the lamp", LONG, title="the brass door")[0] == Tier.ALL


def test_words_in_a_row_are_above_all() -> None:
    query = Query(Mode.ASK, ((Phrase(("brass",)), Phrase(("lamp",))),), said=Phrase(("brass", "lamp", "burns")))
    scorer = Scorer(query, COUNTS)
    assert scorer.score(Document("", "", f"the brass lamp burn {LONG}")).tier == Tier.SAID
    assert scorer.score(Document("", "", f"brass burn lamp {LONG}")).tier == Tier.ALL


def test_who_speaks_has_the_words_of_the_name() -> None:
    query = read_query("brass lamp")
    name = frozenset([Phrase(("brass",))])
    scorer = Scorer(query, COUNTS)
    spoken, unspoken = (scorer.score(Document("", "", f"the lamp {LONG}"), who) for who in (name, frozenset()))
    assert (spoken.tier, unspoken.tier) == (Tier.ALL, Tier.SOME)
    assert spoken.score > 2 * unspoken.score


def test_question_that_nobody_answers_says_little_to_somebody_who_asks() -> None:
    asked, stated = _score("what is a lamp", "", "who has a lamp", Mode.ASK), _score("lamp", "", "who has a lamp")
    assert asked[1] < stated[1]
    assert _score("lamp", "where is the lamp now", "", Mode.ASK)[1] < _score("lamp", "where is the lamp now", "")[1]
