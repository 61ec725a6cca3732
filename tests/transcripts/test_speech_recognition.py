import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts import podcast_json, read
from app.transcripts.source import Source
from app.transcripts.speech_recognition import FORMAT
from app.transcripts.transcript import ByteClass, Transcript, TranscriptFormat, TurnKind
from tests.profiles import examples


def _check(transcript: Transcript) -> None:
    source = transcript.source
    assert sum(transcript.bytes_by_class.values()) == len(source.data)
    for turn in transcript.turns:
        assert turn.segments
        for run in turn.segments:
            if run.is_copy:
                assert turn.text[run.text_start : run.text_end] == source.text[run.source_start : run.source_end]


def _read(value: object, *, ascii_only: bool = True) -> Transcript:
    transcript = read(Source("talk.json", json.dumps(value, indent=1, ensure_ascii=ascii_only).encode()))
    assert transcript.format == FORMAT.name
    _check(transcript)
    return transcript


def _spoken(transcript: Transcript) -> list[tuple[str | None, str]]:
    return [(turn.label, turn.text) for turn in transcript.turns]


def _words(text: str, speaker: object = None, start: float = 0.0) -> list[dict[str, object]]:
    who = {} if speaker is None else {"speaker": speaker}
    return [
        {"word": word, "start": start + index, "end": start + index + 0.5, **who}
        for index, word in enumerate(text.split())
    ]


def test_whisper_segments_are_turns_without_speakers() -> None:
    segments = [
        {"start": 0.1, "end": 2.5, "text": " Good morning."},
        {"start": 3, "end": 5.0, "text": " It is “early”."},
    ]
    transcript = _read({"text": " Good morning. It is “early”.", "segments": segments, "language": "en"})
    assert _spoken(transcript) == [(None, "Good morning."), (None, "It is “early”.")]
    assert (transcript.turns[1].start_ms, transcript.turns[1].end_ms) == (3000, 5000)
    assert transcript.metadata.language == "en"


def test_segment_speaker_counts_before_word_speakers() -> None:
    words = [*_words("We meet on the", "SPEAKER_01"), {"word": "20"}, *_words("of May", "SPEAKER_02", 8)]
    segment = {"start": 0, "end": 11.5, "text": "We meet on the 20 of May", "words": words, "speaker": "SPEAKER_01"}
    transcript = _read({"segments": [segment], "word_segments": words})
    assert _spoken(transcript) == [("SPEAKER_01", "We meet on the 20 of May")]


def test_sentence_whose_words_name_another_speaker_is_parted_from_its_segment() -> None:
    words = [*_words("Who kept the keys?", "S0", 1.0), *_words("My uncle did.", "S1", 6.0)]
    transcript = _read(
        {
            "segments": [
                {"start": 1, "end": 9, "text": " Who kept the keys? My uncle did.", "speaker": "S1", "words": words}
            ]
        }
    )
    assert _spoken(transcript) == [("S0", "Who kept the keys?"), ("S1", "My uncle did.")]
    assert [turn.start_ms for turn in transcript.turns] == [1000, 6000]


def test_one_word_of_another_voice_inside_a_sentence_parts_nothing() -> None:
    words = [*_words("Ms.", "S0"), *_words("Fobey", "S0", 1.0), *_words("roll call please.", "S1", 2.0)]
    transcript = _read(
        {"segments": [{"start": 1, "end": 9, "text": "Fobey roll call please.", "speaker": "S1", "words": words[1:]}]}
    )
    assert _spoken(transcript) == [("S1", "Fobey roll call please.")]


def test_channels_stand_in_for_speakers_in_the_order_of_time() -> None:
    channels = [
        {"alternatives": [{"words": [*_words("Who kept the keys?", start=0.0), *_words("And then?", start=8.0)]}]},
        {"alternatives": [{"words": _words("My uncle did.", start=4.5)}]},
    ]
    assert _spoken(_read({"results": {"channels": channels}})) == [
        ("channel 0", "Who kept the keys?"),
        ("channel 1", "My uncle did."),
        ("channel 0", "And then?"),
    ]


def test_channel_of_each_phrase_stands_in_for_its_speaker() -> None:
    said = [("ch_0", "Who kept the keys?"), ("ch_1", "My uncle did."), ("ch_0", "And then?")]
    phrases = [{"channel": who, "text": text, "start": n, "end": n + 1} for n, (who, text) in enumerate(said)]
    assert _spoken(_read({"phrases": phrases})) == said
    assert {turn.label for turn in _read({"phrases": [{**each, "channel": 0} for each in phrases]}).turns} == {None}


def test_participants_and_offsets_of_a_call_are_read() -> None:
    transcript = _read(
        {
            "LanguageCode": "en-US",
            "Transcript": [
                {"ParticipantId": "AGENT", "Content": "Who kept it?", "BeginOffsetMillis": 0, "EndOffsetMillis": 1500},
                {"ParticipantId": "CUSTOMER", "Content": "I did.", "BeginOffsetMillis": 2000, "EndOffsetMillis": 2500},
            ],
        }
    )
    assert _spoken(transcript) == [("AGENT", "Who kept it?"), ("CUSTOMER", "I did.")]
    assert [turn.start_ms for turn in transcript.turns] == [0, 2000]


def test_times_in_samples_are_told_by_those_of_the_words() -> None:
    said = [
        {
            "transcript": "Who kept it?",
            "start_offset": 1600,
            "end_offset": 25600,
            "speaker_id": 1,
            "alignment": _words("Who kept", start=0.1),
        },
        {"transcript": "My uncle did.", "start_offset": 32000, "end_offset": 48000, "speaker_id": 2, "alignment": []},
    ]
    people = [{"id": 1, "speaker_name": "Ida Brandt"}, {"id": 2, "speaker_name": "Oskar Venn"}]
    transcript = _read({"speech": {"speakers": people, "transcripts": said}})
    assert [(turn.speaker, turn.start_ms) for turn in transcript.turns] == [("Ida Brandt", 100), ("Oskar Venn", 2000)]
    assert any("16,000 of them" in remark.message for remark in transcript.remarks)


def test_relative_times_are_those_of_the_recording() -> None:
    def word(text: str, at: float) -> dict[str, object]:
        return {"text": text, "start_timestamp": {"relative": at, "absolute": "2024-05-12T08:00:00Z"}}

    transcript = _read(
        [
            {"participant": {"id": 1, "name": "Ida"}, "words": [word("Who?", 0.5)]},
            {"participant": {"id": 2, "name": "Oskar"}, "words": [word("My", 2.0), word("uncle.", 2.3)]},
        ]
    )
    assert [(turn.label, turn.text, turn.start_ms) for turn in transcript.turns] == [
        ("Ida", "Who?", 500),
        ("Oskar", "My uncle.", 2000),
    ]


def test_turns_without_names_end_where_the_file_says_that_another_speaks() -> None:
    said = [("Who kept", False), ("the keys?", True), ("My uncle did.", False)]
    segments = [
        {"text": f" {text}", "start": n, "end": n + 1, "speaker_turn_next": ends} for n, (text, ends) in enumerate(said)
    ]
    assert _spoken(_read({"transcription": segments})) == [(None, "Who kept the keys?"), (None, "My uncle did.")]


def test_question_mark_for_a_speaker_is_nobody() -> None:
    segments = [
        {"text": text, "speaker": who, "start": n} for n, (who, text) in enumerate([("0", "Who?"), ("?", "I.")])
    ]
    assert _spoken(_read({"transcription": segments})) == [("0", "Who?"), (None, "I.")]


@pytest.mark.parametrize(("stated", "tag"), [("german", "de"), ("deu", "de"), ("en_US", "en-US"), ("Klingonese", None)])
def test_language_is_read_by_name_and_code(stated: str, tag: str | None) -> None:
    transcript = _read({"language": stated, "segments": [{"text": "Ja.", "start": 0, "end": 1}]})
    assert transcript.metadata.language == tag
    assert (tag is None) == any(remark.code == "language" for remark in transcript.remarks)


def test_text_of_everything_takes_the_times_of_its_words() -> None:
    words = _words("My uncle did.", start=1.5)
    transcript = _read({"results": {"transcripts": [{"transcript": "My uncle did."}], "items": words}})
    assert [(turn.text, turn.start_ms) for turn in transcript.turns] == [("My uncle did.", 1500)]


def test_utterances_are_taken_before_paragraphs_and_words() -> None:
    said = [(0, "Are you there?"), (1, "Yes, I am here."), (1, "Go on then.")]
    words = [word for number, text in said for word in _words(text.lower(), number)]
    alternative = {
        "transcript": " ".join(text for _, text in said),
        "words": words,
        "paragraphs": {
            "transcript": "\n\n".join(f"Speaker {number}: {text}" for number, text in said),
            "paragraphs": [{"speaker": n, "sentences": [{"text": t, "start": 1, "end": 2}]} for n, t in said],
        },
    }
    utterances = [{"start": 0.0, "end": 3.5, "transcript": text, "speaker": number} for number, text in said]
    results = {"channels": [{"alternatives": [alternative]}], "utterances": utterances}
    labelled = [(str(number), text) for number, text in said]
    assert _spoken(_read({"results": results})) == labelled
    del results["utterances"]
    assert _spoken(_read({"results": results})) == labelled


def test_punctuated_words_are_joined_by_speaker() -> None:
    words = _words("hello ben", 0) + _words("hello", 1)
    for word, punctuated in zip(words, ["Hello", "Ben.", "Hello!"], strict=True):
        word["punctuated_word"] = punctuated
    alternative = {"transcript": "Hello Ben. Hello!", "words": words}
    assert _spoken(_read({"results": {"channels": [{"alternatives": [alternative]}]}})) == [
        ("0", "Hello Ben."),
        ("1", "Hello!"),
    ]


def test_milliseconds_are_told_from_seconds() -> None:
    utterances = [
        {"speaker": "A", "text": "How did it begin?", "start": 250, "end": 1800},
        {"speaker": "B", "text": "With a letter.", "start": 2100, "end": 3300},
    ]
    transcript = _read({"text": "How did it begin? With a letter.", "utterances": utterances, "language_code": "en_us"})
    assert [turn.start_ms for turn in transcript.turns] == [250, 2100]
    assert transcript.metadata.language == "en-US"


def _aws(content: str, start: float | None) -> dict[str, object]:
    item: dict[str, object] = {"type": "punctuation", "alternatives": [{"content": content, "confidence": "0.0"}]}
    if start is not None:
        item |= {"type": "pronunciation", "start_time": str(start), "end_time": str(start + 0.3)}
    return item


def test_speakers_kept_apart_from_words_are_found_by_start_time() -> None:
    items = [
        _aws("Ready", 0.04),
        _aws("?", None),
        _aws("Yes", 1.5),
        _aws(",", None),
        _aws("ready", 2.0),
        _aws(".", None),
    ]
    voices = [("spk_0", 0.04), ("spk_1", 1.5), ("spk_1", 2.0)]
    labels = {
        "speakers": 2,
        "segments": [
            {"start_time": "0.0", "speaker_label": who, "items": [{"start_time": str(at), "speaker_label": who}]}
            for who, at in voices
        ],
    }
    results = {"transcripts": [{"transcript": "Ready? Yes, ready."}], "speaker_labels": labels, "items": items}
    transcript = _read({"jobName": "talk", "results": results, "status": "COMPLETED"})
    assert _spoken(transcript) == [("spk_0", "Ready?"), ("spk_1", "Yes, ready.")]
    assert transcript.turns[1].start_ms == 1500


def test_audio_segments_with_speakers_are_turns() -> None:
    items = [_aws("Ready", 0.04) | {"speaker_label": "spk_0"}, _aws("?", None) | {"speaker_label": "spk_0"}]
    segments = [
        {
            "id": 0,
            "transcript": "Ready?",
            "start_time": "0.0",
            "end_time": "0.4",
            "speaker_label": "spk_0",
            "items": [0, 1],
        }
    ]
    results = {"transcripts": [{"transcript": "Ready?"}], "items": items, "audio_segments": segments}
    assert _spoken(_read({"results": results})) == [("spk_0", "Ready?")]


def test_only_the_first_of_several_readings_is_taken() -> None:
    phrases = [
        {
            "speaker": number,
            "offsetInTicks": 5_000_000 * number,
            "nBest": [{"lexical": text.lower(), "display": text}, {"lexical": "x", "display": "Something else."}],
        }
        for number, text in ((1, "Who is it?"), (2, "Nobody at all."))
    ]
    transcript = _read(
        {"combinedRecognizedPhrases": [{"display": "Who is it? Nobody at all."}], "recognizedPhrases": phrases}
    )
    assert _spoken(transcript) == [("1", "Who is it?"), ("2", "Nobody at all.")]
    assert [turn.start_ms for turn in transcript.turns] == [500, 1000]


def test_words_told_once_more_with_speakers_are_taken_once() -> None:
    plain, tagged = _words("So it is"), _words("So it is")
    for word, tag in zip(tagged, (1, 1, 2), strict=True):
        word["speakerTag"] = tag
    results = [{"alternatives": [{"transcript": "So it is", "words": plain}]}, {"alternatives": [{"words": tagged}]}]
    assert _spoken(_read({"results": results})) == [("1", "So it"), ("2", "is")]


def test_elements_with_their_own_spaces_make_a_monologue() -> None:
    def element(kind: str, value: str) -> dict[str, object]:
        return {"type": kind, "value": value, **({"ts": 1.0, "end_ts": 1.4} if kind == "text" else {})}

    elements = [
        element("text", "Well"),
        element("punct", ","),
        element("punct", " "),
        element("text", "yes"),
        element("punct", "."),
    ]
    transcript = _read({"monologues": [{"speaker": 0, "elements": elements}, {"speaker": 1, "elements": elements}]})
    assert _spoken(transcript) == [("0", "Well, yes."), ("1", "Well, yes.")]
    assert transcript.turns[0].start_ms == 1000


def test_chinese_words_are_joined_without_spaces() -> None:
    words = [
        {"text": word, "start": index, "end": index + 0.4, "speaker": "S1"} for index, word in enumerate("你好，世界")
    ]
    assert _spoken(_read({"words": words})) == [("S1", "你好，世界")]


def test_clock_times_and_offsets_are_read() -> None:
    entry = {
        "timestamps": {"from": "00:00:01,200", "to": "00:00:02,000"},
        "offsets": {"from": 1200, "to": 2000},
        "text": " Hi.",
    }
    assert _read({"transcription": [entry]}).turns[0].start_ms == 1200
    chunk = {"timestamp": [61.5, None], "text": "Hi there."}
    assert _read({"text": "Hi there.", "chunks": [chunk]}).turns[0].start_ms == 61500


def test_names_behind_speaker_ids_are_taken_from_the_list_of_speakers() -> None:
    value = {
        "speakers": [{"id": 1, "name": "Ada Wood"}],
        "segments": [{"speaker": 1, "start": 0, "text": "Hello there."}],
        "title": "A talk",
        "date": "2023-05-04T10:00:00Z",
    }
    transcript = _read(value)
    assert (transcript.turns[0].label, transcript.turns[0].speaker) == ("1", "Ada Wood")
    assert transcript.metadata.speakers[0].labels == ("1",)
    assert transcript.metadata.title == "A talk"
    assert transcript.metadata.published is not None
    assert transcript.metadata.published.text == "2023-05-04"


def test_questions_with_answers_are_pairs_of_turns() -> None:
    transcript = _read([{"question": "What is new?", "answer": ["Not much.", "But a little."]}])
    assert [(turn.kind, turn.text) for turn in transcript.turns] == [
        (TurnKind.QUESTION, "What is new?"),
        (TurnKind.ANSWER, "Not much.\n\nBut a little."),
    ]


@pytest.mark.parametrize("ascii_only", [True, False])
def test_escapes_keep_their_place_in_the_source(ascii_only: bool) -> None:
    text = 'Café "noir"\nand 😀'
    transcript = _read([{"speaker": "A", "start": 1, "text": text}], ascii_only=ascii_only)
    assert transcript.turns[0].text == text
    assert len(transcript.turns[0].segments) > 3


def test_text_that_is_left_out_is_named() -> None:
    value = {
        "segments": [{"start": 0, "end": 2, "text": "We went to the sea and it rained all day."}],
        "summary": "Two people remember a wet holiday somewhere near France.",
    }
    assert [remark.code for remark in _read(value).remarks] == ["left-out"]


def test_odd_times_and_labels_do_not_refuse_a_file() -> None:
    units = [
        {"speaker": {"id": 4}, "start": 1e300, "text": "One."},
        {"speaker": True, "start": "soon", "text": "Two."},
        {"speaker": " ", "start": -1, "text": "Three."},
        {"speaker": "Ada:", "start": {"seconds": 3, "nanos": 500000000}, "text": "Four."},
    ]
    transcript = _read({"segments": units})
    assert [turn.label for turn in transcript.turns] == ["4", None, None, "Ada"]
    assert [turn.start_ms for turn in transcript.turns] == [None, None, None, 3500]


@pytest.mark.parametrize("text", ["{}", "[]", "3", '{"a": [1, 2]}', '{"segments": [{"text": "", "start": 1}]}'])
def test_json_without_a_conversation_is_refused(text: str) -> None:
    with pytest.raises(TranscriptError):
        FORMAT.parse(Source("talk.json", text.encode()))


def test_other_texts_are_not_claimed() -> None:
    for data in (b"\xff\x00", b"Q: Is this JSON?\nA: No.", b'{"name": "package", "version": "1.0"}'):
        assert FORMAT.sniff(Source("x.json", data)).confidence == 0


_KEYS = st.sampled_from(
    ["text", "words", "word", "start", "end", "speaker", "segments", "alternatives", "results", "body", "question",
     "answer", "timestamp", "offsets", "items", "name", "language", "date", "title", "speakers", "url"]
)  # fmt: skip
_LEAVES = (
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
_TREES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=5), max_leaves=30
)


def _try(reader: TranscriptFormat, data: bytes) -> None:
    source = Source("talk.json", data)
    reader.sniff(source)
    try:
        transcript = reader.parse(source)
    except TranscriptError:
        return
    _check(transcript)


@given(_TREES)
@settings(max_examples=examples(300))
def test_any_tree_is_read_or_refused(tree: object) -> None:
    _try(FORMAT, json.dumps(tree).encode())
    _try(podcast_json.FORMAT, json.dumps({"segments": tree}).encode())


@given(st.binary(), st.integers(0, 200), st.integers(0, 200))
def test_any_bytes_are_read_or_refused(noise: bytes, start: int, end: int) -> None:
    sample = json.dumps({"segments": [{"speaker": "A", "start": 1, "end": 2, "text": 'Caf\u00e9 "here"', "body": "x"}]})
    for reader in (FORMAT, podcast_json.FORMAT):
        _try(reader, noise)
        _try(reader, sample.encode()[:start] + noise + sample.encode()[end:])


def test_marks_cover_labels_and_times() -> None:
    transcript = _read([{"speaker": "Ada", "start": 12, "text": "Hello."}])
    counts = transcript.bytes_by_class
    assert (counts[ByteClass.LABEL], counts[ByteClass.TIME], counts[ByteClass.TEXT]) == (3, 2, 6)


def test_arrows_begin_the_turn_of_somebody_who_is_not_named() -> None:
    transcript = FORMAT.parse(
        Source(
            "a.json",
            b'{"events": [{"tStartMs": 0, "dDurationMs": 3000, "segs": [{"utf8": ">> is it cold"}, '
            b'{"utf8": " up there >> very"}]}, '
            b'{"tStartMs": 3000, "dDurationMs": 2000, "segs": [{"utf8": "and windy"}]}]}',
        )
    )
    assert [(turn.text, turn.start_ms) for turn in transcript.turns] == [
        ("is it cold up there", 0),
        ("very", None),
        ("and windy", 3000),
    ]
    assert transcript.bytes_by_class[ByteClass.LABEL] == 2 * len(">>")


def test_one_pair_of_arrows_is_text() -> None:
    transcript = FORMAT.parse(Source("a.json", b'{"segments": [{"start": 0, "end": 1, "text": "type cat >> notes"}]}'))
    assert transcript.turns[0].text == "type cat >> notes"
