"""TEI: utterances and dialogue, people, times, notes, and that every byte is accounted for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts import tei
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript, TurnKind

CORPUS = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-model href="../parla.rng"?>
<teiCorpus xmlns="http://www.tei-c.org/ns/1.0" xml:lang="sl">
 <teiHeader>
  <fileDesc><titleStmt><title>The corpus</title></titleStmt>
   <publicationStmt>
    <publisher><orgName xml:lang="sl">Inštitut</orgName><orgName xml:lang="en">The Institute</orgName></publisher>
    <availability><licence target="https://licence.example/by"/></availability>
    <date when="2019-09-04+02:00">September 4th, 2019</date>
   </publicationStmt>
  </fileDesc>
  <profileDesc><particDesc><listPerson>
   <person xml:id="bell" role="interviewer">
    <persName><surname>Bell</surname><forename>Ida</forename><forename>May</forename></persName>
   </person>
   <person xml:id="reyes"><persName>Omar Reyes</persName><sex>m</sex></person>
   <personGrp xml:id="all"/>
  </listPerson></particDesc></profileDesc>
 </teiHeader>
 <TEI xml:lang="en">
  <teiHeader>
   <fileDesc>
    <titleStmt><title xml:lang="sl">Reke</title><title xml:lang="en">Rivers</title></titleStmt>
    <sourceDesc><bibl><idno type="URI">https://records.example/?id=4&amp;utm_source=x</idno></bibl></sourceDesc>
   </fileDesc>
   <profileDesc>
    <abstract><p>On rivers.</p></abstract>
    <textClass><keywords><term>water</term><term>law</term><term>water</term></keywords></textClass>
   </profileDesc>
  </teiHeader>
  <text>
   <front><div><head>FIRST SITTING</head><docDate>5 May</docDate></div></front>
   <body>
    <div>
     <note type="time">It began at <time>ten</time>.</note>
     <note type="speaker">IDA BELL:</note>
     <u who="#bell">
      <seg>One &amp; two<note>sic</note> <gap reason="inaudible"/> three.</seg>
      <incident><desc>A door.</desc></incident>
      <seg>Four?</seg>
     </u>
     <u who="#reyes"><vocal><desc>laughs</desc></vocal></u>
     <u who="#reyes #bell">Yes<lb/>we do.</u>
     <u who="#stranger"><seg>Ha!</seg></u>
     <vocal who="#all"><desc>shouting</desc></vocal>
    </div>
   </body>
  </text>
 </TEI>
</teiCorpus>
"""


def parse(text: str) -> Transcript:
    made = tei.parse(Source("debate.xml", text.encode()))
    assert sum(made.bytes_by_class.values()) == len(made.source.data)
    for turn in made.turns:
        assert turn.segments
        for segment in turn.segments:
            if segment.is_copy:
                copied = made.source.text[segment.source_start : segment.source_end]
                assert turn.text[segment.text_start : segment.text_end] == copied
    return made


def body(inside: str, header: str = "") -> Transcript:
    return parse(f"<TEI><teiHeader>{header}</teiHeader><text><body>{inside}</body></text></TEI>")


def test_utterances_notes_and_headings_become_turns_in_order() -> None:
    turns = [(turn.kind, turn.label, turn.speaker, turn.text) for turn in parse(CORPUS).turns]
    assert turns == [
        (TurnKind.HEADING, None, None, "FIRST SITTING"),
        (TurnKind.NOTE, None, None, "It began at ten."),
        (None, "bell", "Bell Ida May", "One & two  three.\n\nFour?"),
        (TurnKind.NOTE, None, None, "laughs"),
        (None, "reyes & bell", "Omar Reyes & Bell Ida May", "Yes\nwe do."),
        (None, "stranger", None, "Ha!"),
        (TurnKind.NOTE, None, None, "shouting"),
    ]


def test_people_are_known_by_the_list_and_by_what_is_printed_before_them() -> None:
    speakers = parse(CORPUS).metadata.speakers
    assert [(each.name, each.role, each.labels, each.aliases) for each in speakers] == [
        ("Bell Ida May", "interviewer", ("bell",), ("Ida May Bell", "IDA BELL")),
        (None, None, ("stranger",), ()),
    ]


def test_metadata_is_that_of_the_text_and_then_of_the_corpus() -> None:
    metadata = parse(CORPUS).metadata
    assert metadata.title == "Rivers"
    assert metadata.language == "en"
    assert metadata.publisher == "The Institute"
    assert metadata.published is not None
    assert metadata.published.text == "2019-09-04"
    assert metadata.published_evidence == "the date in <publicationStmt>: September 4th, 2019"
    assert metadata.source_url == "https://records.example/?id=4"
    assert metadata.rights == "https://licence.example/by"
    assert metadata.summary == "On rivers."
    assert metadata.topics == ("water", "law")


def test_every_byte_has_its_class() -> None:
    counts = parse(CORPUS).bytes_by_class
    assert counts[ByteClass.LABEL] == len("IDA BELL:")
    assert counts[ByteClass.NOTE] == len("It began at ten.sicA door.laughsshouting")
    assert counts[ByteClass.FRONT_MATTER] > 0


def test_dialogue_takes_the_printed_label_and_the_name_behind_it() -> None:
    made = body(
        "<sp who='#q'><speaker>Q.:</speaker><p>Why?</p><stage>Pause.</stage><p>How?</p></sp>"
        "<sp><speaker>A</speaker><l>So.</l></sp>",
        "<listPerson><person xml:id='q'><persName>Ida Bell</persName></person></listPerson>",
    )
    assert [(turn.label, turn.speaker, turn.text) for turn in made.turns] == [
        ("Q.", "Ida Bell", "Why?\n\nHow?"),
        ("A", None, "So."),
    ]


def test_segments_inside_a_paragraph_do_not_break_it() -> None:
    assert body("<u><p>one <seg>two</seg> three</p></u>").turns[0].text == "one two three"


def test_words_are_put_together_with_the_spaces_that_the_marks_say() -> None:
    made = body(
        "<u who='#a'><seg><s>\n  <w>Dobro</w>\n  <w join='right'>jutro</w>\n  <pc>,</pc>\n  <w>Ana</w>\n"
        "  <pc join='left'>!</pc>\n</s>\n<s>\n  <w>Da</w>\n</s></seg></u>"
    )
    assert made.turns[0].text == "Dobro jutro, Ana! Da"


def test_editors_reading_is_no_part_of_what_was_said() -> None:
    made = body("<u><choice><sic>recieve</sic><corr>receive</corr></choice> it</u>")
    assert made.turns[0].text == "recieve it"


def test_times_come_from_the_timeline() -> None:
    made = body(
        "<timeline unit='s'><when xml:id='T0'/><when xml:id='T1' interval='1.5' since='#T0'/>"
        "<when xml:id='T2' interval='250' unit='ms' since='T1'/>"
        "<when xml:id='T3' interval='1' since='#lost'/></timeline>"
        "<u who='#a' start='#T0' end='#T1'>one</u>"
        "<annotationBlock who='#b' start='#T1' end='#T2'><u>two</u><spanGrp><span>x</span></spanGrp></annotationBlock>"
        "<u start='#T3'>three</u><u start='00:01:02.5'>four</u>"
    )
    assert [(turn.label, turn.start_ms, turn.end_ms) for turn in made.turns] == [
        ("a", 0, 1500),
        ("b", 1500, 1750),
        (None, None, None),
        (None, 62_500, None),
    ]


def test_moments_of_the_day_count_from_the_first_one() -> None:
    made = body(
        "<timeline><when xml:id='T0' absolute='2020-01-01T10:00:00'/><when xml:id='T1' absolute='10:00:07'/></timeline>"
        "<u start='#T1'>one</u>"
    )
    assert made.turns[0].start_ms == 7000


def test_text_outside_any_utterance_is_kept_with_a_remark() -> None:
    made = body("<div>Before<u>one</u><p>after</p></div>")
    assert [(turn.label, turn.text) for turn in made.turns] == [(None, "Before"), (None, "one"), (None, "after")]
    assert [remark.code for remark in made.remarks] == ["unlabelled"]


def test_announced_speaker_who_does_not_speak_is_remarked() -> None:
    made = body("<note type='speaker'>A:</note><note type='speaker'>B:</note><u>one</u>")
    assert [remark.message for remark in made.remarks] == ["'A' is announced, but no speech follows"]


def test_document_without_text_is_refused() -> None:
    with pytest.raises(TranscriptError, match="no text"):
        body("<div><u> </u></div>")


def test_root_is_what_is_recognized() -> None:
    assert tei.sniff(Source("a.txt", CORPUS.encode())).confidence > 0.9
    assert tei.sniff(Source("a.xml", b"<tei-like/>")).confidence == 0


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    made = Source("x.xml", data)
    tei.sniff(made)
    try:
        tei.parse(made)
    except TranscriptError:
        return


_NAMES = st.sampled_from(
    ["u", "sp", "speaker", "p", "seg", "note", "note type='speaker'", "head", "w", "pc join='right'", "lb", "choice"]
)
_LEAVES = st.sampled_from(
    [" ", "word", "&amp;", "&#32;", "\n", "日本", "<!-- c -->", "<![CDATA[ & ]]>", "\u00a0", "<corr>c</corr>"]
)


def _nest(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda name, inside: f"<{name}>{''.join(inside)}</{name.split()[0]}>", _NAMES, st.lists(children))


@given(st.lists(st.recursive(_LEAVES, _nest)))
def test_any_nesting_is_read_with_all_text_accounted_for(parts: list[str]) -> None:
    try:
        body("".join(parts))
    except TranscriptError as error:
        if "no text" not in error.reason:
            raise


@given(st.integers(0, len(CORPUS) - 1), st.integers(0, 30), st.text(st.characters(codec="utf-8"), max_size=5))
def test_damaged_documents_are_read_or_refused(at: int, length: int, instead: str) -> None:
    try:
        parse(CORPUS[:at] + instead + CORPUS[at + length :])
    except TranscriptError:
        return


@pytest.mark.parametrize(("language", "aliases"), [("en", ("Ada von Lind",)), ("hu", ())])
def test_name_in_the_order_in_which_it_is_said_is_one_of_its_forms(language: str, aliases: tuple[str, ...]) -> None:
    person = "<person xml:id='a'><persName><surname>Lind</surname><forename>Ada</forename><nameLink>von</nameLink>"
    text = (
        f"<TEI xml:lang='{language}'><teiHeader>{person}</persName></person></teiHeader>"
        "<text><body><u who='#a'>So?</u><u who='#b'>Yes.</u></body></text></TEI>"
    )
    speaker = tei.parse(Source("a.xml", text.encode())).metadata.speakers[0]
    assert (speaker.name, speaker.aliases) == ("Lind Ada von", aliases)


def test_lists_of_contents_and_matter_around_the_text_are_not_said() -> None:
    text = (
        "<TEI><text><front><p>For my aunt.</p></front><body>"
        "<div type='table_of_contents'><list><item>Bees</item></list></div><u who='#a'>So?</u></body>"
        "<back><p>Printed here.</p></back></text></TEI>"
    )
    assert [turn.text for turn in tei.parse(Source("a.xml", text.encode())).turns] == ["So?"]
