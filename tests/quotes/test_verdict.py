import pytest

from app.quotes import FAITHFUL, Caution, DifferenceKind, Match, Meaning, Passage, PassageTurn, Verdict, judge

RECORD = (
    "We have never said that the Congress must not support Mr. Smith’s plan… In 2003 it was unable to act. "
    "Did he resign? He did. Our Сongress is doing the same thing, and Dr. Haq can't agree to 1,000 such things. "
    "I think so."
)
SECOND = "The second paragraph is here, and it’s **short**."


def passage(*texts: str, name: str = "p", as_claimed: bool | None = None) -> Passage:
    turns = tuple(PassageTurn(f"{name}-t{number}", text) for number, text in enumerate(texts, 1))
    return Passage(name, turns, as_claimed)


def verdict_on(quotation: str, *texts: str) -> Verdict:
    return judge(quotation, [passage(*texts)]).verdict


def only_match(quotation: str, *texts: str) -> Match:
    [match] = judge(quotation, [passage(*texts)]).matches
    return match


@pytest.mark.parametrize(
    "quotation",
    [
        "We have never said that the Congress",
        "Did he resign?",
        "it was unable to act",
        "Our Сongress is doing the same thing",
        "  I think so. ",
        "“I think so.”",
        "I think so.\n\nThe second paragraph",
        "and it’s **short**",
    ],
)
def test_exact_is_character_for_character(quotation: str) -> None:
    assert verdict_on(quotation, RECORD, SECOND) is Verdict.EXACT


@pytest.mark.parametrize(
    "quotation",
    [
        "we have NEVER said",
        "that the Congress must not support Mr Smith's plan",
        "our Congress is doing the same thing",
        "unable  to\nact",
        "unable\u00a0to act,",
        "He did,",
        "unable to *act*",
        "un\u00adable to act",
        "agree to 1000 such things",
        "I think so. The second paragraph is here",
        "and it's short",
        "[T]he Congress must not",
        "…the Congress must not support…",
        "DR. HAQ CAN’T AGREE",
        "unаble to act",
        "it’\u200bs short",
    ],
)
def test_folded_has_the_same_words(quotation: str) -> None:
    assert verdict_on(quotation, RECORD, SECOND) is Verdict.FOLDED


@pytest.mark.parametrize(
    ("quotation", "record"),
    [
        ("МЫ НИКОГДА ЭТОГО НЕ ГОВОРИЛИ", "Мы никогда этого не говорили."),
        ("я так думаю и говорю", "Я так думаю и говорю."),
        ("STRASSE UND FUSS", "Die Straße und Fuß."),
        ("l'été n'est pas fini", "L’e\u0301te\u0301 n’est pas fini."),
        ("這不是真的 我沒有說", "這不是真的，我沒有說。"),
        ("本当 に そう です", "本当にそうです。"),
        ("هذا  ليس صحيحا", "هذا ليس صحيحا، قال."),
        ("ＡＢＣ is wide", "ABC is wide"),
        ("İSTANBUL ve ısırık", "istanbul ve ısırık"),
        ("Rock &amp; roll is here", "Rock & roll is here"),
        ("see the docs for it", "see [the docs](https://example.org/a_b) for it"),
        ("a bold word here", "a <b>bold</b> word here"),
        ("ΟΔΟΣ ΤΗΣ ΠΟΛΗΣ", "Οδος της πολης"),
    ],
)
def test_folding_knows_scripts_and_markup(quotation: str, record: str) -> None:
    assert verdict_on(quotation, record) is Verdict.FOLDED


@pytest.mark.parametrize(
    ("quotation", "record", "meanings"),
    [
        ("We have said that the Congress must not", RECORD, {Meaning.NEGATION}),
        ("We have never not said that the Congress", RECORD, {Meaning.NEGATION}),
        ("In 2004 it was unable to act", RECORD, {Meaning.NUMBER}),
        ("In 2003 it was able to act", RECORD, {Meaning.OPPOSITE}),
        ("it was the best winter of all", "It was the worst winter of all.", {Meaning.OPPOSITE}),
        ("all of the members came to it", "Some of the members came to it.", {Meaning.QUANTIFIER, Meaning.OPPOSITE}),
        ("it is forty miles to the mill", "It is forty metres to the mill.", {Meaning.UNIT}),
        ("the Congress may not support Mr. Smith’s plan", RECORD, {Meaning.MODALITY}),
        ("the Congress must not support Mr. Jones’s plan", RECORD, {Meaning.NAME}),
        ("Dr. Haq can agree to 1,000 such things", RECORD, {Meaning.NEGATION, Meaning.MODALITY}),
        ("agree to 10,000 such things", RECORD, {Meaning.NUMBER}),
        ("Our Congress is doing the very thing", RECORD, set()),
        ("Our Congress is doing the thing", RECORD, set()),
        ("Das ist der Fall gewesen", "Das ist nicht der Fall gewesen.", {Meaning.NEGATION}),
        ("ce n'est fini pour nous", "Ce n’est pas fini pour nous.", {Meaning.NEGATION}),
        ("мы этого не говорили вам", "Мы никогда этого не говорили вам.", {Meaning.NEGATION}),
        ("這是真的我沒有說", "這不是真的，我沒有說。", {Meaning.NEGATION}),
        ("tiene veinte años ya", "Tiene treinta años ya.", {Meaning.NUMBER}),
    ],
)
def test_altered_lists_the_words_that_change_the_meaning(quotation: str, record: str, meanings: set[Meaning]) -> None:
    judgement = judge(quotation, [passage(record)])
    assert judgement.verdict is Verdict.ALTERED
    changed = [one for one in judgement.matches[0].differences if one.kind is not DifferenceKind.TYPOGRAPHY]
    assert changed
    assert {telling.meaning for one in changed for telling in one.meaningful_words} == meanings


@pytest.mark.parametrize(
    ("quotation", "record"),
    [
        ("mein ano ist hier jetzt", "mein año ist hier jetzt"),
        ("in Massen trinken wir es", "in Maßen trinken wir es"),
        ("we paid 1.5 of them", "we paid 15 of them"),
        ("it is -5 degrees now", "it is 5 degrees now"),
        ("we grew by 10² of it", "we grew by 102 of it"),
        ("it is written in C# today", "it is written in C today"),
        ("it costs 5% more now", "it costs 5 more now"),
        ("it costs $5 more today", "it costs €5 more today"),
        ("he said that he can resign it with the others today", "he said that he can re-sign it with the others today"),
    ],
)
def test_signs_and_accents_are_part_of_words(quotation: str, record: str) -> None:
    assert verdict_on(quotation, record) is Verdict.ALTERED


def test_a_quotation_begins_and_ends_where_words_do() -> None:
    assert verdict_on("Haq can", "Dr. Haq can't agree.") is Verdict.NOT_FOUND
    assert verdict_on("legal in every country", "It is illegal in every country.") is Verdict.ALTERED
    assert verdict_on("able to act", "It was unable to act.") is not Verdict.EXACT


@pytest.mark.parametrize("mark", ["…", "...", " ... ", " [...] ", "[…]", " . . . ", " (…) ", " [---] "])
def test_elided_shows_what_is_omitted_and_warns_of_its_meaning(mark: str) -> None:
    record = "We have said it. He must not agree. The Congress met, and we have said it again."
    match = only_match(f"We have said it{mark}The Congress met", record)
    assert match.verdict is Verdict.ELIDED
    [omitted] = [one for one in match.differences if one.kind is DifferenceKind.OMITTED]
    assert omitted.stands == "He must not agree"
    assert {telling.word for telling in omitted.meaningful_words} == {"must", "not"}
    assert match.cautions == (Caution.MEANING_OMITTED,)
    assert match.text[omitted.stands_start : omitted.stands_end] == omitted.stands


def test_an_omission_without_telling_words_needs_no_caution() -> None:
    match = only_match("Our Congress … the same thing", RECORD)
    assert (match.verdict, match.cautions) == (Verdict.ELIDED, ())


@pytest.mark.parametrize(
    ("quotation", "record"),
    [
        ("The parish did … pay for the gate, and", "The parish did not pay for the gate, and some were proud."),
        ("he must [...] open the weir", "He said that he must not open the weir."),
        ("the ferryman … may cross it at night", "The ferryman, but only he, may cross it at night."),
        ("She will come … with her brother", "She will come unless it rains, with her brother."),
        ("Ich habe … das Tor geöffnet", "Ich habe nie das Tor geöffnet."),
        ("Nous avons … ouvert la porte du moulin", "Nous avons rarement ouvert la porte du moulin."),
    ],
)
def test_an_ellipsis_hides_no_word_that_turns_its_sentence(quotation: str, record: str) -> None:
    match = only_match(quotation, record)
    assert match.verdict is Verdict.ALTERED
    assert any(one.kind is DifferenceKind.OMITTED for one in match.differences)


@pytest.mark.parametrize(
    ("quotation", "record"),
    [
        ("We walked to the mill … and swam", "We walked to the mill in May, with Ida and forty others, and swam."),
        ("We walked to the mill. … We swam", "We walked to the mill. Nobody came. It was not cold. We swam."),
        ("Nobody came to the mill … that day", "Nobody came to the mill, as I told you before, that day."),
    ],
)
def test_an_honest_omission_is_elided(quotation: str, record: str) -> None:
    assert only_match(quotation, record).verdict is Verdict.ELIDED


@pytest.mark.parametrize(
    ("quotation", "record", "meaning"),
    [
        ("It cost [ninety] thousand shillings, I think", "It cost forty thousand shillings, I think.", Meaning.NUMBER),
        ("My cousin [will] return one day", "My cousin may return one day.", Meaning.MODALITY),
        ("It was the [best] winter of my life.", "It was the worst winter of my life.", Meaning.OPPOSITE),
        ("It was [possible] to open the weir", "It was impossible to open the weir.", Meaning.OPPOSITE),
        ("[All] of the members came to it", "We waited. Some of the members came to it.", Meaning.QUANTIFIER),
        ("It is forty [metres] to the mill", "It is forty miles to the mill.", Meaning.UNIT),
        ("I saw [Hester] open the gate", "I saw Lorna open the gate.", Meaning.NAME),
        ("[Everybody] may cross it at night", "It is old. Only the ferryman may cross it at night.", Meaning.LIMIT),
    ],
)
def test_a_bracket_swaps_no_word_that_decides_the_meaning(quotation: str, record: str, meaning: Meaning) -> None:
    match = only_match(quotation, record)
    assert match.verdict is Verdict.ALTERED
    [inserted] = [one for one in match.differences if one.kind is DifferenceKind.INSERTED]
    assert meaning in {telling.meaning for telling in inserted.meaningful_words}


@pytest.mark.parametrize(
    ("quotation", "record", "replaced"),
    [
        ("[Lorna Tidewell] may cross it at night", "It is old. She may cross it at night.", "She"),
        ("[The council] may cross it at night", "The ferrymen may cross it at night.", "The ferrymen"),
        ("I saw [Oskar Venn] open the gate", "I saw the Minister open the gate.", "the Minister"),
        ("I saw [Lorna Tidewell] open the gate", "I saw Lorna open the gate.", "Lorna"),
        ("We met there in May [1991] and walked", "We met there in May and walked.", ""),
    ],
)
def test_a_bracket_that_explains_shows_what_it_replaced(quotation: str, record: str, replaced: str) -> None:
    match = only_match(quotation, record)
    assert match.verdict is Verdict.ELIDED
    [inserted] = [one for one in match.differences if one.kind is DifferenceKind.INSERTED]
    assert inserted.stands == replaced


def test_bracketed_words_are_insertions_of_the_writer() -> None:
    match = only_match("We have never said that [the assembly] must not support", RECORD)
    assert match.verdict is Verdict.ELIDED
    [inserted] = [one for one in match.differences if one.kind is DifferenceKind.INSERTED]
    assert (inserted.quoted, inserted.stands) == ("the assembly", "the Congress")


@pytest.mark.parametrize(
    "quotation",
    [
        "Our Congress is [not] doing the same thing",
        "We have [always] said that the Congress must not",
        "Dr. Haq [could] agree to 1,000 such things",
        "Dr. Haq [never] … such things. I think so",
        "We have never said that the Congress [not]",
        "[Never] Our Congress is doing the same thing",
    ],
)
def test_an_insertion_that_turns_the_sense_is_an_alteration(quotation: str) -> None:
    assert verdict_on(quotation, RECORD) is Verdict.ALTERED


def test_an_omission_stays_in_order_and_within_one_passage() -> None:
    assert verdict_on("it was unable to act … We have never said", RECORD) is Verdict.ALTERED
    kinds = {one.kind for one in only_match("it was unable to act … We have never said", RECORD).differences}
    assert DifferenceKind.MOVED in kinds
    apart = [passage(RECORD, name="one"), passage("They all agreed to it in the end.", name="two")]
    assert judge("We have never said … agreed to it in the end", apart).verdict is not Verdict.ELIDED


def test_words_left_out_without_a_mark_are_an_alteration() -> None:
    match = only_match("We have never said that the Congress is doing the same thing", RECORD)
    assert match.verdict is Verdict.ALTERED
    [left_out] = [one for one in match.differences if one.kind is DifferenceKind.LEFT_OUT]
    assert "must not support" in left_out.stands


def test_two_places_that_have_nothing_to_do_with_each_other_are_no_quotation() -> None:
    between = "and then there was something altogether different to be told of it "
    record = f"I think that we have been here. {between * 20} It is going to be a day."
    assert verdict_on("I think that we have it is going to be a day", record) is Verdict.NOT_FOUND


def test_an_ellipsis_of_the_record_is_no_omission() -> None:
    assert verdict_on("Smith’s plan… In 2003", RECORD) is Verdict.EXACT
    assert verdict_on("Smith's plan... in 2003", RECORD) is Verdict.FOLDED


def test_a_question_that_became_a_statement_is_pointed_out() -> None:
    assert only_match("Did he resign.", RECORD).cautions == (Caution.QUESTION_MARK,)
    assert only_match("did he resign, he did", RECORD).cautions == (Caution.QUESTION_MARK,)
    assert only_match("did he resign? he did", RECORD).cautions == ()


def test_every_occurrence_is_a_match_up_to_a_bound() -> None:
    judgement = judge("I think so", [passage("I think so. I THINK so. I think so.")])
    assert judgement.verdict is Verdict.EXACT
    assert [match.verdict for match in judgement.matches] == [Verdict.EXACT, Verdict.EXACT, Verdict.FOLDED]
    many = judge("I think so", [passage("I think so. " * 100)])
    assert len(many.matches) == 20
    assert not many.is_complete


def test_places_are_parts_of_turns() -> None:
    match = only_match("I think so. The second paragraph", RECORD, SECOND)
    texts = {"p-t1": RECORD, "p-t2": SECOND}
    assert [texts[place.turn_id][place.start : place.end] for place in match.turn_ranges] == [
        "I think so.",
        "The second paragraph",
    ]
    assert match.text == "I think so.\n\nThe second paragraph"


def test_what_somebody_else_says_is_misattributed() -> None:
    said = [
        passage(RECORD, name="other", as_claimed=False),
        passage("Nothing of the kind.", name="own", as_claimed=True),
    ]
    assert judge("it was unable to act", said).verdict is Verdict.MISATTRIBUTED
    both = [*said, passage("Yes, it was unable to act.", name="too", as_claimed=True)]
    judgement = judge("it was unable to act", both)
    assert judgement.verdict is Verdict.EXACT
    assert [match.passage.id for match in judgement.matches] == ["too", "other"]
    unknown = [passage(RECORD, as_claimed=None)]
    assert judge("it was unable to act", unknown).verdict is Verdict.EXACT


def test_what_is_said_nowhere_is_not_found() -> None:
    for quotation in ("Nobody in this room has ever said it.", "act", "of to the", "…", "!?"):
        expected = Verdict.EXACT if quotation == "act" else Verdict.NOT_FOUND
        assert verdict_on(quotation, RECORD) is expected
    assert judge("anything", []).verdict is Verdict.NOT_FOUND


def test_offsets_of_differences_count_in_the_quotation_as_given() -> None:
    quotation = '  "In 2004 it was unable to act" '
    match = only_match(quotation, RECORD)
    [one] = match.differences
    assert quotation[one.quoted_start : one.quoted_end] == one.quoted == "2004"
    assert match.text[one.stands_start : one.stands_end] == one.stands == "2003"


@pytest.mark.parametrize(
    ("quotation", "record"),
    [
        ("the " * 2_500, "the " * 20_000),
        ("the of and to " * 700, "to the and of " * 10_000),
        ("a … " * 2_000, "a b " * 20_000),
        ("[a] b " * 1_600, "b c " * 20_000),
        ("x" * 10_000, "x" * 100_000),
        ("a\u0301" * 5_000, "a\u0301" * 50_000),
        ("[" * 10_000, "a"),
        ("." * 10_000, "a. " * 10_000),
        ("<a" * 5_000, "<a" * 50_000),
        ("不" * 10_000, "不是" * 30_000),
        ("1," * 5_000, "1," * 50_000),
    ],
)
def test_any_text_is_judged(quotation: str, record: str) -> None:
    # Each takes a second at most; a step that is quadratic would take minutes.
    assert judge(quotation[:10_000], [passage(record)]).verdict in Verdict


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ("Die Gemeinde hat keineswegs für das Tor bezahlt.", "Die Gemeinde hat … für das Tor bezahlt."),
        ("Il paese nemmeno ha pagato la porta.", "Il paese … ha pagato la porta."),
        ("Köy parasını yalnızca ödedi bu yıl.", "Köy parasını … ödedi bu yıl."),
        ("La commune a à peine payé la porte.", "La commune a … payé la porte."),
        ("村は今年ほとんど払いました。", "村は今年…払いました。"),
        ("They refused to pay for the gate that year.", "They … pay for the gate that year."),
        # Parts of two sentences, one of which is turned round by what is left out of it.
        ("The parish paid for the gate. We never signed for the deed.", "The parish paid … for the deed."),
        ("My mother sold the mill.", "My [father] sold the mill."),
        ("Austin built the gate himself.", "[Felix] built the gate himself."),
        ("Three people came to the gate.", "[Many] people came to the gate."),
        # A bracket that completes a word may change its case only.
        ("We walk to the mill every day.", "We walk[ed] to the mill every day."),
    ],
)
def test_marks_carry_no_alteration_in_any_language(said: str, quoted: str) -> None:
    assert judge(quoted, [Passage("p", (PassageTurn("t", said),))]).verdict is Verdict.ALTERED


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ("The parish paid for it. Nobody else did. We were proud.", "The parish paid for it … We were proud."),
        ("They paid for the gate.", "[The parish] paid for the gate."),
        ("In the end the parish paid for the gate.", "[T]he parish paid for the gate."),
    ],
)
def test_honest_marks_are_faithful(said: str, quoted: str) -> None:
    assert judge(quoted, [Passage("p", (PassageTurn("t", said),))]).verdict in FAITHFUL


class _LeftError(Exception):
    pass


@pytest.mark.parametrize(
    ("quotation", "verdict"),
    [
        ("The council did not mend the weir", Verdict.FOLDED),
        ("The council did not mend the old weir", Verdict.ALTERED),
        ("Nobody of us had a boat of bees", Verdict.NOT_FOUND),
    ],
)
def test_judgement_asks_at_each_look_at_a_passage_whether_to_go_on(quotation: str, verdict: Verdict) -> None:
    said = [passage(f"the council did not mend the weir {number} times", name=f"p{number}") for number in range(15)]
    asked, last = 0, 0

    def go_on() -> None:
        nonlocal asked
        asked += 1
        if asked == last:
            raise _LeftError

    assert judge(quotation, said, go_on=go_on).verdict is verdict
    # While they are read, and at least once more.
    assert asked >= 2 * len(said)
    for place in (1, len(said), len(said) + 1, asked):
        asked, last = 0, place
        with pytest.raises(_LeftError):
            judge(quotation, said, go_on=go_on)
        assert asked == last
