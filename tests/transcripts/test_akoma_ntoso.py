"""Akoma Ntoso: speeches, who speaks, notes and headings, and that every byte is accounted for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts import akoma_ntoso, read, sniff
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript, TurnKind

RECORD = """

<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0">
 <debate>
  <meta>
   <identification source="#house">
    <FRBRWork>
     <FRBRuri value="https://records.example/2021/4?utm_source=feed"/>
     <FRBRdate date="2021-04-07" name="sitting"/>
     <FRBRauthor href="#house"/>
    </FRBRWork>
    <FRBRExpression><FRBRlanguage language="eng"/></FRBRExpression>
   </identification>
   <references>
    <TLCPerson id="ida" href="/p/ida" showAs="Ida Bell"/>
    <TLCPerson eId="Omar Reyes" href="/p/omar" showAs="Omar Reyes"/>
    <TLCOrganization eId="house" href="/o/house" showAs="The House"/>
   </references>
  </meta>
  <preface><p><docTitle>Talks on rivers</docTitle></p></preface>
  <debateBody>
   <debateSection>
    <heading>Water &amp; land</heading>
    <narrative><p><i>(They sit down.)</i></p></narrative>
    <speech by="#ida">
     <from>Ms Bell:</from>
     <p>
       Is the river &lt;clean&gt;?<remark>(noise)</remark> I ask
       <a href="#">again</a>.
     </p>
     <p>And the lake?</p>
    </speech>
    <speech by="#Omar Reyes"><p>Yes.</p></speech>
    <speech by="#Omar Reyes"><p>Both.</p></speech>
    <speech by="#nobody"><p>Hear!</p><p/></speech>
    <p>The sitting was closed.</p>
   </debateSection>
  </debateBody>
 </debate>
</akomaNtoso>
"""


def parse(text: str) -> Transcript:
    made = akoma_ntoso.parse(Source("debate.xml", text.encode()))
    assert sum(made.bytes_by_class.values()) == len(made.source.data)
    for turn in made.turns:
        assert turn.segments
        for segment in turn.segments:
            if segment.is_copy:
                copied = made.source.text[segment.source_start : segment.source_end]
                assert turn.text[segment.text_start : segment.text_end] == copied
    return made


def body(inside: str) -> Transcript:
    return parse(f"<akomaNtoso><debate><debateBody>{inside}</debateBody></debate></akomaNtoso>")


def test_speeches_notes_and_headings_become_turns_in_order() -> None:
    turns = [(turn.kind, turn.label, turn.speaker, " ".join(turn.text.split())) for turn in parse(RECORD).turns]
    assert turns == [
        (TurnKind.HEADING, None, None, "Water & land"),
        (TurnKind.NOTE, None, None, "(They sit down.)"),
        (None, "Ms Bell", "Ida Bell", "Is the river <clean>? I ask again. And the lake?"),
        (None, "Omar Reyes", "Omar Reyes", "Yes."),
        (None, "Omar Reyes", "Omar Reyes", "Both."),
        (None, "nobody", None, "Hear!"),
        (None, None, None, "The sitting was closed."),
    ]


def test_metadata_is_what_the_record_states() -> None:
    metadata = parse(RECORD).metadata
    assert metadata.title == "Talks on rivers"
    assert metadata.published is not None
    assert metadata.published.text == "2021-04-07"
    assert metadata.language == "en"
    assert metadata.publisher == "The House"
    assert metadata.source_url == "https://records.example/2021/4"
    assert metadata.source_url_as_printed == "https://records.example/2021/4?utm_source=feed"
    assert [(each.name, each.labels) for each in metadata.speakers] == [
        ("Ida Bell", ("Ms Bell",)),
        ("Omar Reyes", ("Omar Reyes",)),
        (None, ("nobody",)),
    ]


def test_every_byte_has_its_class() -> None:
    counts = parse(RECORD).bytes_by_class
    assert counts[ByteClass.LABEL] == len("Ms Bell:")
    assert counts[ByteClass.FRONT_MATTER] == len("Talks on rivers")
    assert counts[ByteClass.NOTE] == len("(They sit down.)(noise)")


def test_text_outside_a_speech_is_kept_with_one_remark() -> None:
    made = body("<p>One.</p>stray<speech by='#a'><p>Two.</p></speech><div>Three.</div>")
    assert [(turn.label, turn.text) for turn in made.turns] == [
        (None, "One."),
        (None, "stray"),
        ("a", "Two."),
        (None, "Three."),
    ]
    assert [remark.code for remark in made.remarks] == ["unlabelled"]


def test_question_and_answer_elements_say_what_they_are() -> None:
    made = body("<question by='#a'><p>Why?</p></question><answer by='#b'><p>So.</p></answer>")
    assert [turn.kind for turn in made.turns] == [TurnKind.QUESTION, TurnKind.ANSWER]


def test_speaker_who_is_no_person_is_remarked_once() -> None:
    made = body("<speech by='#日期'><p>8月</p></speech><speech by='#日期'><p>9月</p></speech>")
    assert [remark.code for remark in made.remarks] == ["not-a-person"]
    assert len(made.turns) == 2


def test_speech_that_is_only_a_note_stays_visible_as_a_note() -> None:
    made = body("<speech by='#a'><narrative>(laughter)</narrative></speech>")
    assert [(turn.kind, turn.text) for turn in made.turns] == [(TurnKind.NOTE, "(laughter)")]


def test_speech_without_words_is_remarked() -> None:
    made = body("<speech by='#a'><p/></speech><speech by='#b'><p>Yes.</p></speech>")
    assert [remark.code for remark in made.remarks] == ["empty-speech"]


def test_text_in_a_group_of_speeches_goes_on_under_the_group() -> None:
    made = body("<speechGroup by='#a'><p>1</p><speech by='#b'><p>2</p></speech><p>3</p></speechGroup>")
    assert [(turn.label, turn.text) for turn in made.turns] == [("a", "1"), ("b", "2"), ("a", "3")]


def test_line_breaks_and_list_numbers_stay_in_the_speech() -> None:
    made = body("<speech by='#a'><p>one<br/>two</p><list><item><num>(a)</num> <p>x</p></item></list></speech>")
    assert [turn.text for turn in made.turns] == ["one\ntwo\n\n(a)\n\nx"]


def test_heading_inside_a_speech_ends_the_turn_and_the_speaker_goes_on() -> None:
    made = body("<speech by='#a'><p>1</p><heading>H</heading><p>2</p></speech>")
    assert [(turn.label, turn.kind, turn.text) for turn in made.turns] == [
        ("a", None, "1"),
        (None, TurnKind.HEADING, "H"),
        ("a", None, "2"),
    ]


def test_date_at_the_beginning_of_the_title_is_evidence_of_the_date() -> None:
    metadata = body("<heading>2020-02-03 A talk</heading><speech><p>x</p></speech>").metadata
    assert metadata.published is not None
    assert metadata.published_evidence == "the title: 2020-02-03 A talk"


@pytest.mark.parametrize("date", ["2021-02-31", "0000", "99999", "yesterday", ""])
def test_impossible_dates_are_left_out(date: str) -> None:
    assert body(f"<meta><FRBRdate date='{date}'/></meta><p>x</p>").metadata.published is None


def test_record_in_which_nobody_speaks_is_refused() -> None:
    with pytest.raises(TranscriptError, match="no speech"):
        body("<speech by='#a'> <p>\n</p></speech>")


def test_broken_record_is_recognized_and_refused_with_its_place() -> None:
    broken = Source("x.xml", b"<akomaNtoso>\n<speech></akomaNtoso>")
    assert sniff(broken)[0][0].name == "akoma-ntoso"
    with pytest.raises(TranscriptError) as caught:
        read(broken)
    assert (caught.value.line, caught.value.column) == (2, 11)


def test_other_xml_is_not_claimed() -> None:
    assert akoma_ntoso.sniff(Source("x.xml", b"<TEI/>")).confidence == 0
    assert akoma_ntoso.sniff(Source("x.xml", b"\xff\xfe\x00akomaNtoso")).confidence == 0


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    akoma_ntoso.sniff(Source("x.xml", data))
    try:
        akoma_ntoso.parse(Source("x.xml", data))
    except TranscriptError:
        return


_NAMES = st.sampled_from(
    ["speech", "p", "i", "from", "narrative", "heading", "num", "meta", "br", "item", "x", "answer", "speechGroup"]
)
_LEAVES = st.sampled_from(
    [" ", "word", "&amp;", "&#32;", "&#xA0;", "\n", "日本", "<!-- c -->", "<![CDATA[ & ]]>", "\u00a0", ""]
)


def _nest(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda name, inside: f"<{name} by='#a'>{''.join(inside)}</{name}>", _NAMES, st.lists(children))


@given(st.lists(st.recursive(_LEAVES, _nest)))
def test_any_nesting_is_read_with_all_text_accounted_for(parts: list[str]) -> None:
    text = f"<akomaNtoso>{''.join(parts)}</akomaNtoso>"
    try:
        parse(text)
    except TranscriptError as error:
        if "no speech" not in error.reason:
            raise


@given(st.integers(0, len(RECORD) - 1), st.integers(0, 30), st.text(st.characters(codec="utf-8"), max_size=5))
def test_damaged_records_are_read_or_refused(at: int, length: int, instead: str) -> None:
    damaged = RECORD[:at] + instead + RECORD[at + length :]
    try:
        parse(damaged)
    except TranscriptError:
        return
