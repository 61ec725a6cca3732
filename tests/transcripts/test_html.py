import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts import read
from app.transcripts.html import FORMAT
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript, TurnKind
from tests.profiles import examples


def _check(transcript: Transcript) -> None:
    source = transcript.source
    assert sum(transcript.bytes_by_class.values()) == len(source.data)
    for turn in transcript.turns:
        assert turn.segments
        for run in turn.segments:
            if run.is_copy:
                assert turn.text[run.text_start : run.text_end] == source.text[run.source_start : run.source_end]


def _read(text: str, name: str = "talk.html") -> Transcript:
    transcript = read(Source(name, text.encode()))
    assert transcript.format == "html"
    _check(transcript)
    return transcript


def _spoken(transcript: Transcript) -> list[tuple[str | None, str]]:
    left_out = {TurnKind.NOTE, TurnKind.HEADING}
    return [(turn.label, turn.text) for turn in transcript.turns if turn.kind not in left_out]


def test_cite_time_and_paragraph_make_a_turn() -> None:
    transcript = _read(
        "<cite>Ada:</cite>\n<time>0:00</time>\n<p>Good morning.</p>\n"
        "<cite>Ben:</cite>\n<time>1:02:03</time>\n<p>It&#39;s early.</p>\n"
    )
    assert [(turn.label, turn.text, turn.start_ms) for turn in transcript.turns] == [
        ("Ada", "Good morning.", 0),
        ("Ben", "It's early.", 3723000),
    ]
    assert transcript.bytes_by_class[ByteClass.TIME] == len("0:001:02:03")
    assert transcript.bytes_by_class[ByteClass.LABEL] == len("Ada:Ben:")


def test_paragraph_with_a_time_but_no_cite_keeps_the_speaker() -> None:
    transcript = _read("<cite>Ada:</cite><time>0:00</time><p>One.</p><time>0:09</time><p>Two.</p>")
    assert [(turn.label, turn.text, turn.start_ms) for turn in transcript.turns] == [
        ("Ada", "One.", 0),
        ("Ada", "Two.", 9000),
    ]


def test_labels_at_the_start_of_paragraphs() -> None:
    transcript = _read(
        "<h2>Beginnings</h2><p>AB: Where <em>did</em> it start?</p><p>CD: At home.</p>"
        "<p>With a pen.</p><p>AB: And then?</p>"
    )
    assert transcript.turns[0].kind is TurnKind.HEADING
    assert _spoken(transcript) == [
        ("AB", "Where did it start?"),
        ("CD", "At home.\n\nWith a pen."),
        ("AB", "And then?"),
    ]
    assert "continuation" in [remark.code for remark in transcript.remarks]


@pytest.mark.parametrize(
    "pattern",
    [
        "<p><strong>{}:</strong> {}</p>",
        "<p><b>{}</b>: {}</p>",
        "<p><b>{}</b> {}</p>",
        "<p><b>{}</b><br>{}</p>",
        "<p>{}: {}</p>",
        "{}: {}<br/>\n",
        "<h3>{}</h3><p>{}</p>",
        "<p><b>{}:</b></p><p>{}</p>",
        "<dt>{}</dt><dd>{}</dd>",
        "<div class='turn'><span class='speaker'>{}</span> <span>{}</span></div>",
        "<div><span class='timestamp'>00:01</span><span class='speaker'>{}</span><p>{}</p></div>",
        "<div class='speaker-name'>{}</div><div class='words'>{}</div>",
        "<table><tr><td>{}</td><td>{}</td></tr></table>",
    ],
)
def test_ways_to_name_a_speaker(pattern: str) -> None:
    said = [("Ada Wood", "What is it?"), ("Ben Hill", "It is a lamp."), ("Ada Wood", "Whose?"), ("Ben Hill", "Mine.")]
    page = "<html><body><article>" + "".join(pattern.format(*pair) for pair in said) + "</article></body></html>"
    assert _spoken(_read(page)) == said


@pytest.mark.parametrize(
    "pattern",
    [
        "<h3>{}</h3><p>{}</p><p>More.</p>",
        "<p><b>{}</b></p><p>{}</p><p>More.</p>",
        "<p><strong>{}</strong><br>{}</p><p>More.</p>",
        "<dt>{}</dt><dd>{}</dd><dd>More.</dd>",
        "<details><summary>{}</summary><p>{}</p><p>More.</p></details>",
        "<p class='faq-question'>{}</p><p>{}</p><p>More.</p>",
        "<section><header><h2>{}</h2></header><p>{}</p><p>More.</p></section>",
    ],
)
def test_questions_by_their_form(pattern: str) -> None:
    asked = [("Where do you live?", "By the sea."), ("Since when?", "Since ever."), ("Tell us about it.", "It is wet.")]
    transcript = _read("<p>An introduction of some length.</p>" + "".join(pattern.format(*pair) for pair in asked))
    assert [turn.kind for turn in transcript.turns] == [None, *[TurnKind.QUESTION, TurnKind.ANSWER] * 3]
    assert transcript.turns[2].text == "By the sea.\n\nMore."


def test_the_site_around_the_talk_is_left_out_and_told() -> None:
    talk = "<p>AB: What do you build?</p><p>CD: Small boats, mostly of wood.</p>" * 3
    transcript = _read(
        "<!doctype html><html lang='en'><head><title>Boats &amp; more</title><style>p {}</style></head><body>"
        "<nav><a href='/'>Home</a></nav><header><p>The Site</p></header><script>var a = '<p>AB: x</p>'</script>"
        f"<div><div class='main'>{talk}</div></div><div><p>Write to us.</p></div><footer><p>Imprint</p></footer>"
    )
    assert len(transcript.turns) == 6
    assert transcript.metadata.title == "Boats & more"
    assert "site-text" in [remark.code for remark in transcript.remarks]


def test_unlabelled_paragraphs_between_questions_with_labels_are_answers() -> None:
    transcript = _read("<p><b>Q: Who?</b></p><p>Me.</p><p>Only me.</p><p><b>Q: Why?</b></p><p>Why not.</p>")
    assert [(turn.kind, turn.text) for turn in transcript.turns] == [
        (TurnKind.QUESTION, "Who?"),
        (TurnKind.ANSWER, "Me.\n\nOnly me."),
        (TurnKind.QUESTION, "Why?"),
        (TurnKind.ANSWER, "Why not."),
    ]


def test_bold_lines_of_the_only_label_are_questions() -> None:
    transcript = _read("<p><b>Ada Wood: Who?</b></p><p>Me.</p><p>Only me.</p><p><b>Ada Wood: Why?</b></p><p>So.</p>")
    assert [(turn.kind, turn.label, turn.text) for turn in transcript.turns] == [
        (TurnKind.QUESTION, "Ada Wood", "Who?"),
        (TurnKind.ANSWER, None, "Me.\n\nOnly me."),
        (TurnKind.QUESTION, "Ada Wood", "Why?"),
        (TurnKind.ANSWER, None, "So."),
    ]


def test_bylines_and_buttons_around_the_paragraphs_are_the_sites_own() -> None:
    talk = "<p>AB: What do you build?</p><p>CD: Small boats.</p>" * 4
    head = "<header><h1>Boats</h1><div>By Somebody</div></header>"
    foot = "<div>Print this</div><p><a href='/next'>Next talk</a></p>"
    page = f"<article>{head}{talk}{foot}</article>"
    transcript = _read(page)
    assert [turn.text for turn in transcript.turns][:2] == ["Boats", "What do you build?"]
    assert len(transcript.turns) == 9
    assert [remark.code for remark in transcript.remarks] == ["site-text"]


def test_form_around_everything_is_no_chrome() -> None:
    assert len(_read("<form><p>Q: Is this all?</p><p>A: It is all.</p></form>").turns) == 2


def test_metadata_of_the_head() -> None:
    metadata = _read(
        '<html lang="en-GB"><head><meta property="og:title" content="Tea &quot;and&quot; talk">'
        '<meta property="og:site_name" content="The Kettle">'
        '<meta property="article:published_time" content="2021-03-04T08:00Z">'
        '<link rel="canonical" href="https://Example.org/tea?utm_source=x">'
        '<meta name="keywords" content="tea, talk"></head>'
        "<body><p>Q: Tea?</p><p>A: Please.</p></body></html>"
    ).metadata
    assert (metadata.title, metadata.publisher, metadata.language) == ('Tea "and" talk', "The Kettle", "en-GB")
    assert metadata.published is not None
    assert metadata.published.text == "2021-03-04"
    assert metadata.source_url == "https://example.org/tea"
    assert metadata.topics == ("tea", "talk")


def test_date_in_linked_data_is_read_and_odd_dates_are_remarked() -> None:
    talk = "<p>Q: Tea?</p><p>A: Please.</p>"
    linked = '<script type="application/ld+json">{"@graph": [{"datePublished": "2020-02-03"}]}</script>'
    published = _read(f"<head>{linked}</head>{talk}").metadata.published
    assert published is not None
    assert published.text == "2020-02-03"
    odd = _read(f'<head><meta name="date" content="2020-02-31"></head>{talk}')
    assert odd.metadata.published is None
    assert "date" in [remark.code for remark in odd.remarks]


def test_front_matter_before_html() -> None:
    transcript = _read(
        "---\ntitle: A talk\n---\n\n<p>AB: One.</p>\n<p>CD: Two.</p>\n<p>AB: Three.</p>\n<p>CD: Four.</p>\n"
    )
    assert transcript.metadata.title == "A talk"
    assert transcript.bytes_by_class[ByteClass.FRONT_MATTER] > 0
    assert len(transcript.turns) == 4


def test_white_space_and_references_are_shown_as_a_browser_shows_them() -> None:
    transcript = _read("<p>AB: one\n   two&nbsp;&amp; <b>th</b>ree &lt;x&gt; &bogus; a < b</p><p>CD: line<br>break</p>")
    assert _spoken(transcript) == [("AB", "one two\u00a0& three <x> &bogus; a < b"), ("CD", "line\nbreak")]


def test_stage_directions_on_their_own_are_notes() -> None:
    transcript = _read("<p>AB: One.</p><p>[laughter]</p><p>CD: Two.</p><p>AB: Three.</p><p>CD: Four.</p>")
    assert [turn.kind for turn in transcript.turns].count(TurnKind.NOTE) == 1
    assert transcript.bytes_by_class[ByteClass.NOTE] == len("[laughter]")


def test_bold_words_that_do_not_recur_are_no_speakers() -> None:
    transcript = _read("<p><b>Boats</b> are wet.</p><p><b>Cars</b> are dry.</p><p>Q: Why?</p><p>A: Who knows.</p>")
    assert {turn.label for turn in transcript.turns} == {None, "Q", "A"}


@pytest.mark.parametrize(
    "text", ["<p>Q: a</p><!-- never closed <p>A: b</p>", "<p>Q: a</p><div class='x", "<p>a</p><script>x", "<p>a</p><?x"]
)
def test_page_that_is_cut_off_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(TranscriptError, match="never ends") as error:
        FORMAT.parse(Source("talk.html", text.encode()))
    assert error.value.column > 1


@pytest.mark.parametrize("text", ["", "<p></p>", "<html><head><title>x</title></head></html>", "<!-- x -->"])
def test_page_without_text_is_refused(text: str) -> None:
    with pytest.raises(TranscriptError):
        FORMAT.parse(Source("talk.html", text.encode()))


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe\x00", b"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ada>Hello", b'<?xml version="1.0"?><TEI><p>x</p></TEI>',
     b"# A talk\n\n<br>\n\n**Ada:** Hello\n", b"Ada: a < b\n", b'{"p": "<p>x</p>"}'],
)  # fmt: skip
def test_other_formats_are_not_claimed(data: bytes) -> None:
    assert FORMAT.sniff(Source("talk.md", data)).confidence == 0


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 100_000 + "x",
        "<b>" * 100_000 + "x" + "</b>" * 100_000,
        "<p>x<div>" * 50_000 + "</p>" * 50_000,
        "<p x='" + "a " * 500_000 + "'>x</p>",
        "<p " + "a=b " * 200_000 + ">x</p>",
        '<a ="' * 100_000 + "x",
        "<" * 500_000,
        "&" * 500_000,
        "<p>" + "&amp" * 200_000,
        "<!" * 200_000 + ">x",
        "<p>x</p><script" * 100_000,
        " " * 500_000 + "x",
        "<p>" + "a:" * 200_000,
        "<h2>x</h2><p>y</p>" * 10_000,
        "<li>x" * 50_000,
        "".join(f"<p>Name{n}: x</p>" for n in range(20_000)),
        "<ul><li>x" * 30_000,
        "</div>" * 200_000 + "x",
        "<br>x" * 30_000,
        "<pre>" + "&\n" * 50_000 + "</pre>",
    ],
)
def test_hostile_pages_are_read_or_refused(text: str) -> None:
    source = Source("talk.html", text.encode())
    FORMAT.sniff(source)
    with contextlib.suppress(TranscriptError):
        _check(FORMAT.parse(source))


_PIECES = st.sampled_from(
    ["<p>", "</p>", "<cite>", "</cite>", "<time>", "</time>", "Ada: ", "Ben:", "0:12", "[1:02]", "<b>", "</b>", "<br>",
     "<dt>", "<dd>", "<li>", "<h2>", "</h2>", "<table><tr><td>", "<td>", "</table>", "&nbsp;", "&ngE;", "&#1;", "&#13;",
     "&fjlig;", "&", "<", " ", "\n", "hello", "What?", "<nav>", "</nav>", "<pre>", "</pre>", "<span class=speaker>",
     "</span>", "<a href=x>", "</a>", "[laughs]", "---\n", "\u00a0", "\u2003", "\ufeff", "<script>", "</script>"]
)  # fmt: skip


def _try(data: bytes) -> None:
    source = Source("talk.html", data)
    FORMAT.sniff(source)
    try:
        transcript = FORMAT.parse(source)
    except TranscriptError:
        return
    _check(transcript)


@given(st.lists(_PIECES | st.text(max_size=5), max_size=40).map("".join))
@settings(max_examples=examples(500), deadline=None)
def test_any_page_is_read_or_refused(text: str) -> None:
    _try(text.encode("utf-8", "replace"))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    _try(data)
    _try(b"<p>Ada: " + data + b"</p>")


_ROWS = [
    ("0:03", "Ragna", "Is it cold?"),
    ("0:09", "Teo", "Very."),
    ("0:21", "Ragna", "Mine?"),
    ("1:02", "Teo", "Yours."),
]


@pytest.mark.parametrize("row", ["<td>{0}</td><td>{1}</td><td>{2}</td>", "<td>{1}</td><td>{0}</td><td>{2}</td>"])
def test_columns_of_a_table_are_found_by_content(row: str) -> None:
    rows = "".join(f"<tr>{row.format(*cells)}</tr>" for cells in _ROWS)
    transcript = _read(f"<!DOCTYPE html><table><tr><th>When</th><th>Who</th><th>What</th></tr>{rows}</table>")
    turns = [turn for turn in transcript.turns if turn.kind is not TurnKind.NOTE]
    assert [(turn.label, turn.text) for turn in turns] == [(name, words) for _, name, words in _ROWS]
    assert [turn.start_ms for turn in turns] == [3000, 9000, 21_000, 62_000]


def test_rows_with_a_time_and_no_name_are_turns_of_nobody() -> None:
    rows = "".join(f"<tr><td>0h0{n}m00s</td><td>{words}</td></tr>" for n, (_, _, words) in enumerate(_ROWS))
    transcript = _read(f"<!DOCTYPE html><table>{rows}</table>")
    assert [(turn.label, turn.start_ms) for turn in transcript.turns] == [(None, 60_000 * n) for n in range(4)]


@pytest.mark.parametrize(
    "tag", ['<a name="ts_{ms}_99999_S01">', '<span data-m="{ms}">', '<span data-start="{seconds}">']
)
def test_attributes_state_when_words_are_said(tag: str) -> None:
    page = "".join(
        f"<p>{tag.format(ms=ms, seconds=ms / 1000)}{label}: So.{'</a>' if tag.startswith('<a') else '</span>'}</p>"
        for ms, label in ((80, "Ragna"), (1800, "Teo"), (5200, "Ragna"))
    )
    assert [turn.start_ms for turn in _read(f"<!DOCTYPE html><body>{page}</body>").turns] == [80, 1800, 5200]


def test_classes_of_the_style_sheet_may_be_bold() -> None:
    style = "<style>.c1{color:#000}.c7,.c8{color:#000;font-weight:700}</style>"
    page = "".join(
        f'<p><span class="c7">{asked}?</span></p><p><span class="c1">{answered}.</span></p>'
        for asked, answered in (("Is it cold", "Very"), ("And windy", "Yes"), ("Is that mine", "No"))
    )
    transcript = _read(f"<!DOCTYPE html><html><head>{style}</head><body>{page}</body></html>")
    assert [turn.kind for turn in transcript.turns] == [TurnKind.QUESTION, TurnKind.ANSWER] * 3


def test_boxes_for_subscribers_and_numbers_of_footnotes_are_not_said() -> None:
    transcript = _read(
        "<article><p><strong>Who kept the keys?</strong></p><p>My uncle.</p>"
        '<div class="subscription-widget-wrap"><p>Do you like this? Sign up.</p></div>'
        "<p><strong>And after him?</strong></p>"
        '<p>Nobody.<a class="footnote-anchor" href="#footnote-1">1</a> It was lost.<sup class="reference">2</sup></p>'
        "<p><strong>Was it found?</strong></p><p>No.</p></article>"
    )
    assert [text for _, text in _spoken(transcript)] == [
        "Who kept the keys?",
        "My uncle.",
        "And after him?",
        "Nobody. It was lost.",
        "Was it found?",
        "No.",
    ]


@pytest.mark.parametrize(
    ("tag", "published"),
    [
        ('<time class="dt-published" datetime="2024-05-12T08:00:00Z">', "2024-05-12"),
        ('<time itemprop="datePublished" datetime="2024-05">', "2024-05"),
        ('<time pubdate datetime="2024-05-12">', "2024-05-12"),
        ('<time datetime="2024-05-12">', None),
    ],
)
def test_time_of_publication_is_read_where_the_page_says_that_it_is(tag: str, published: str | None) -> None:
    transcript = _read(
        f"<article>{tag}May</time><p>Ada: So?</p><p>Ben: Yes.</p><p>Ada: Why?</p><p>Ben: No.</p></article>"
    )
    stated = transcript.metadata.published
    assert (stated and stated.text) == published
