"""Who says what in whole files: every label that people print is taken, and nothing else is."""

import pytest

from app.errors import TranscriptError
from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import SPOKEN, Transcript, TurnKind


def _read(text: str, suffix: str = "txt") -> Transcript:
    return read(Source(f"talk.{suffix}", text.encode()))


def _spoken(found: Transcript) -> list[tuple[str | None, str]]:
    """The speaker, or else the label, of each turn that somebody speaks, and its words."""
    turns = [turn for turn in found.turns if turn.kind is None or turn.kind in SPOKEN]
    return [(turn.speaker or turn.label, " ".join(turn.text.split())) for turn in turns]


def _who(text: str, suffix: str = "txt") -> list[str | None]:
    return [who for who, _ in _spoken(_read(text, suffix))]


_TITLES = """Anna Holm: Who is here?
Prof. Jens Bakke, lighthouse keeper: I am.
Anna Holm: Who else?
Frau Vik vom Hafenamt: I am, too.
Anna Holm: Thanks.
"""
_OFFICE = """Anna Holm: Who pays?

The Minister for Bridges (Tor Vik): We do.

Anna Holm: When?

The Minister for Bridges (Tor Vik): In June.
"""
_NEWS = """ANNA HOLM, HOST: With us is Jens Bakke.

JENS BAKKE: My aunt did.

HOLM: When?

TOR VIK, MAYOR OF TERRACE (through interpreter): I remember.

VIK (on camera): I was there.

"NIGHT LINE" HOST MARA QUILL: And then?

BAKKE: Nobody did.
"""
_COURT = """THE COURT: Call the witness.

THE WITNESS: I am here.

JUROR NO. 3: From which door?

MS. BRANDT: Thank you.

THE WITNESS: From the north door.
"""
_JOINT = """**Anna (AH)**: Who starts?

**Jens (JB) & Tor(TV)**: We do!

**Jens (JB)**: I built it.

**Tor (TV)**: I painted it.

**JB & TV**: We sailed.
"""
_SPOILED = """*Anna Holm (0:00:05)*: Who are you?

*Jens Bakke (0: 0012)*: I am Jens.

*AH (0;00:20)*): What do you build?

*JB (0:00:24:*: Boats.

*AH (0:00:30)* Of what?

*JB (O:00:33)*: Oak.
"""
_MIXED = """THE PRESIDENT. Where is the list?
Mr. Vik: On the desk.
Mrs. Holm: Here, sir.
THE PRESIDENT. Thank you.
Q. When does it open?
THE PRESIDENT. In May.
"""
_ROLES = """Nora Holm (NH): Who are you?

Anders Lund (AL): A builder.

Maria Clausen (MC): And I paint.

NH: Boats?

AL: Boats.

MC: Only boats.
"""
_ALIAS = """---
speakers:
  - Tor Vik
---
Anna Holm: Who are you?

rope_master (Tor Vik): A sailor.

Anna Holm: Where?

Tor: In the bay.
"""
_INVERTED = """---
speakers: [Anna Holm, Jens Bakke]
---
Holm, Anna: Who kept the boats?

Bakke, Jens: My aunt.
"""
_ALTERNATING = ["Who kept the boats?", "My aunt did.", "Until when?", "Until the flood."]


@pytest.mark.parametrize(
    ("text", "suffix", "who"),
    [
        (_TITLES, "txt", ["Anna Holm", "Prof. Jens Bakke", "Anna Holm", "Frau Vik", "Anna Holm"]),
        (_OFFICE, "txt", ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"]),
        (_NEWS, "txt", ["ANNA HOLM", "JENS BAKKE", "ANNA HOLM", "TOR VIK", "TOR VIK", "MARA QUILL", "JENS BAKKE"]),
        (_COURT, "txt", ["THE COURT", "THE WITNESS", "JUROR NO. 3", "MS. BRANDT", "THE WITNESS"]),
        (_JOINT, "md", ["Anna", "Jens and Tor", "Jens", "Tor", "Jens and Tor"]),
        (_SPOILED, "md", ["Anna Holm", "Jens Bakke"] * 3),
        (_MIXED, "txt", ["THE PRESIDENT", "Mr. Vik", "Mrs. Holm", "THE PRESIDENT", "Q", "THE PRESIDENT"]),
        (_ROLES, "txt", ["Nora Holm", "Anders Lund", "Maria Clausen"] * 2),
        (_ALIAS, "txt", ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"]),
        (_INVERTED, "txt", ["Anna Holm", "Jens Bakke"]),
    ],
)
def test_person_is_known_by_every_printing_of_a_label(text: str, suffix: str, who: list[str]) -> None:
    assert _who(text, suffix) == who


@pytest.mark.parametrize(
    ("form", "names", "who"),
    [
        ("[{}]: {}", ("SPEAKER_00", "SPEAKER_01"), None),
        ("{}: {}", ("spk_0", "spk_1"), None),
        ("({}) {}", ("Speaker 1", "Speaker 2"), None),
        ("{}: {}", ("Спикер №1", "Спикер №2"), None),
        (">>{}: {}", ("Anna Holm", "Jens Bakke"), None),
        ("{}: {}", ("@anna", "@jens"), None),
        ("{} {}", ("<anna_h>", "<jens>"), ("anna_h", "jens")),
        ("[12:03] {} {}", ("<anna>", "<jens>"), ("anna", "jens")),
        ("{}: {}", ("nora", "tidy.box"), None),
        ("1. {}: {}", ("Anna Holm", "Jens Bakke"), None),
        ("{}: {}", ("Anna Holm (host)", "Jens Bakke (guest)"), ("Anna Holm", "Jens Bakke")),
        ('<a name="x" href="#x">#</a> **{}:** {}', ("Q", "A"), None),
        ("{}：{}", ("安娜", "延斯（守塔人）"), ("安娜", "延斯")),
    ],
)
def test_label_of_a_program_a_chat_or_a_list_is_a_speaker(
    form: str, names: tuple[str, str], who: tuple[str, str] | None
) -> None:
    text = "".join(form.format(names[n % 2], words) + "\n\n" for n, words in enumerate(_ALTERNATING))
    speakers = who or names
    assert _spoken(_read(text, "md" if "**" in form else "txt")) == [
        (speakers[n % 2], words) for n, words in enumerate(_ALTERNATING)
    ]


def test_words_behind_a_label_in_doubt_are_nobodys() -> None:
    found = _read(
        "Anna Holm: When?\nJens Bakke: In May.\nvoice from the hall: In June!\na second voice: Never!\n"
        "Anna Holm: Thanks.\nJens Bakke: Bye.\n"
    )
    assert _spoken(found)[2:4] == [(None, "voice from the hall: In June!"), (None, "a second voice: Never!")]
    assert [remark.code for remark in found.remarks] == ["doubtful-label"] * 2


def test_arrows_without_a_label_begin_somebody_who_is_not_named() -> None:
    found = _read(">>Anna Holm: Good evening.\n>> And who is that?\n>>Jens Bakke: Me.\n>>Anna Holm: Ah.\n")
    assert _spoken(found)[1] == (None, "And who is that?")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("O(n): when the list is sorted.", "it is a formula"),
        ("First of all: the boat sank.", "it begins a remark or a list"),
        ("My conclusion: never again.", "it begins a remark or a list"),
        ("Dear Tor: come home.", "it begins a remark or a list"),
        ("**Oak:** for the keel, of course.", "the labels of this file are printed in another style"),
    ],
)
def test_line_of_a_speech_that_begins_like_a_label_stays_in_it(line: str, reason: str) -> None:
    found = _read(f"Anna Holm: How?\n\nJens Bakke: So.\n\n{line}\n\nAnna Holm: When?\n\nJens Bakke: In May.\n", "md")
    assert _spoken(found)[1] == ("Jens Bakke", f"So. {line}")
    assert any(reason in remark.message for remark in found.remarks)


@pytest.mark.parametrize(
    ("printed", "who"),
    [
        ("Jens Vik - Not yet.", "Jens Vik"),
        ("Jens Vik. Not yet.", "Jens Vik"),
        ("Jens Vik [00.01.20]: Not yet.", "Jens Vik"),
        ("JV [00:01:3]: Not yet.", "Jens Vik"),
    ],
)
def test_misprinted_sign_behind_a_name_is_a_label_where_all_lines_have_one(printed: str, who: str) -> None:
    text = "Anna Holm: Who is it?\nJens Vik: Me.\nAnna Holm: Is it lit?\n{}\nAnna Holm: When?\nJens Vik: Soon.\n"
    assert _spoken(_read(text.format(printed)))[3] == (who, "Not yet.")


def test_number_behind_a_word_is_a_reference_and_no_name() -> None:
    text = (
        "Anna Holm: Which one?\n\nJens Vik: The fourth.\nPsalm 12: 4, that is.\n\nAnna Holm: When?\n\nJens Vik: Now.\n"
    )
    assert _who(text) == ["Anna Holm", "Jens Vik", "Anna Holm", "Jens Vik"]


def test_heading_with_years_is_nobodys() -> None:
    text = "HOLM: Where?\n\nVIK: In the bay.\n\nTHE TOWER: 1960-1970\n\nHOLM: When?\n\nVIK: In May.\n"
    made = _read(text)
    assert [turn.text for turn in made.turns if turn.kind is TurnKind.HEADING] == ["THE TOWER: 1960-1970"]
    assert _who(text) == ["HOLM", "VIK", "HOLM", "VIK"]


def test_reference_between_speeches_is_nobodys() -> None:
    found = _read(
        "RFC 9999 (DRAFT): https://example.org/9\n\nQ: Why?\n\nA: So.\n\nfollow-up: <https://example.org/f>\n"
    )
    assert _spoken(found) == [("Q", "Why?"), ("A", "So.")]
    assert [turn.kind for turn in found.turns if turn.label is None] == [TurnKind.NOTE, TurnKind.NOTE]


def test_keys_and_values_are_no_chat() -> None:
    with pytest.raises(TranscriptError, match="no speaker labels"):
        _read("width: 3\ndepth: 80\nwidth: 4\ndepth: 90\n")


def test_two_of_one_surname_stay_two_and_titles_tell_them_apart() -> None:
    text = "MR. VIK: Who?\n\nMRS. VIK: I did.\n\nTOR VIK: I helped.\n\nMR. VIK: When?\n\nMRS. VIK: In May.\n"
    assert _who(text) == ["MR. VIK", "MRS. VIK", "TOR VIK", "MR. VIK", "MRS. VIK"]


def test_title_is_a_person_only_where_the_text_says_so() -> None:
    talk = "### {}\n\nIt is old.\n\n### And then?\n\nIt fell.\n"
    subject = f"---\ntitle: Harbor Lights\n---\n{talk.format('Is the tower old?')}"
    person = f"---\ntitle: Tor Vik\n---\n{talk.format('Who are you?')}"
    assert _who(subject, "md") == [None] * 4
    assert _who(person, "md") == [None, "Tor Vik", None, "Tor Vik"]


_DROPPED = "Anna Holm: Who?\n\nJens Bakke: Me.\n\nAnna Holm When?\n\nJens Bakke: In May.\n\nAnna Holm: Ah.\n\n"
_TIMED = "Anna Holm 00:00:05: Who?\nJens Bakke 00:00:9: Me.\nAnna Holm 00:0012: Ah.\nJens Bakke 00:00:15: So.\n"


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("J. Bakke: Who?\nAnna Holm: Me.\nJens Bakke: When?\nA. Holm: Now.\n", ["Jens Bakke", "Anna Holm"] * 2),
        ("Anna Holm: Who?\njens bakke: Me.\nANNA HOLM: Ah.\nJens Bakke: So.\n", ["Anna Holm", "jens bakke"] * 2),
        ("Anna Holm – Radio: Who?\nJens Bakke – keeper: Me.\nHolm: When?\n", ["Anna Holm", "Jens Bakke", "Anna Holm"]),
        ("Q (Anna Holm): Who?\n\nA (Jens Bakke): Me.\n\nQ (Tor Vik): When?\n", ["Anna Holm", "Jens Bakke", "Tor Vik"]),
        ("Moderator Anna Holm: Who?\nTor Vik: Me.\nModerator: Ah.\nTor Vik: So.\n", ["Anna Holm", "Tor Vik"] * 2),
        (_TIMED, ["Anna Holm", "Jens Bakke"] * 2),
        ("Anna Holm: Who?\nJens Bakke; Me.\nAnna Holm: When?\nJens Bakke: Now.\n", ["Anna Holm", "Jens Bakke"] * 2),
        (_DROPPED, ["Anna Holm", "Jens Bakke", None, "Jens Bakke", "Anna Holm"]),
    ],
)
def test_person_is_known_by_other_and_misprinted_labels(text: str, who: list[str | None]) -> None:
    assert [each and each.casefold() for each in _who(text)] == [each and each.casefold() for each in who]


@pytest.mark.parametrize(
    "text",
    [
        "Keel: the lowest part.\n\nMast: what carries the sail.\n\nHull: the body of it.\n\nRudder: what steers.\n",
        "Present: Anna Holm, Jens Bakke.\nApologies: Tor Vik.\n\nAction: Anna writes.\nAction: Jens paints.\n",
        "From: Anna Holm\nTo: Jens Bakke\nSubject: boats\n\nDear Jens,\n\nwho kept the boats?\n",
        "ERROR: disk full\nINFO: retry\nERROR: disk full\nINFO: retry\nWARN: why?\n",
    ],
)
def test_list_without_an_interview_stays_without_one(text: str) -> None:
    with pytest.raises(TranscriptError):
        _read(text)


def test_heading_that_names_nobody_begins_nobodys_words() -> None:
    talk = "### Anna Holm\n\nWho?\n\n### Jens Bakke\n\nMe.\n\n### Anna Holm\n\nWhen?\n\n### Jens Bakke\n\nNow.\n\n"
    found = _read(f"{talk}### Rough Weather\n\nSee the book.\n", "md")
    assert _spoken(found)[-1] == (None, "See the book.")


@pytest.mark.parametrize(
    ("wrong", "right", "is_one"),
    [
        ("Anna Lindqist", "Anna Lindqvist", True),
        ("Osakr Moe", "Oskar Moe", True),
        ("Tor Vikk", "Tor Vik", True),
        ("Marie Roe", "Maria Roe", False),
        ("Christian Foss", "Christina Foss", False),
        ("Ida Moe", "Ada Moe", False),
        ("Hansen", "Hanson", False),
    ],
)
def test_misprinted_name_is_the_person_and_another_name_is_not(wrong: str, right: str, is_one: bool) -> None:
    text = f"{right}: Who?\nJens Bakke: Me.\n" * 3 + f"{wrong}: Ah.\nJens Bakke: So.\n"
    assert _who(text)[-2] == (right if is_one else wrong)
