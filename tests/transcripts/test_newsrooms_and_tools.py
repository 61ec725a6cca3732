"""Who speaks in small files as newsrooms, meeting tools and parliaments of many countries print them."""

import pytest

from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import SPOKEN


def _who(suffix: str, text: str) -> list[str | None]:
    """Return the speaker, or else the label, of each turn that somebody speaks."""
    turns = read(Source(f"talk.{suffix}", text.encode())).turns
    return [turn.speaker or turn.label for turn in turns if turn.kind is None or turn.kind in SPOKEN]


@pytest.mark.parametrize(
    ("suffix", "text", "who"),
    [
        pytest.param(
            "txt",
            """SARAH FERGUSON, PRESENTER: Good evening. Who will pay for the ferry?

OSKAR VENN, FERRIES MINISTER: The state will pay.

SARAH FERGUSON: All of it?

OSKAR VENN: Half of it.

(Excerpt from parliament, yesterday)

LIM TAN, OPPOSITION LEADER: They never said so.

(End of excerpt)

SARAH FERGUSON: Was he wrong?

OSKAR VENN: He was.
""",
            ["SARAH FERGUSON", "OSKAR VENN", "SARAH FERGUSON", "OSKAR VENN", "LIM TAN", "SARAH FERGUSON", "OSKAR VENN"],
            id="1-abc",
        ),
        pytest.param(
            "md",
            """**Anna Holm (Coast Weekly):** Who will pay?

**Oskar Venn (Ministry of Ferries):** The state.

**AH:** All of it?

**OV:** Half of it.
""",
            ["Anna Holm", "Oskar Venn", "Anna Holm", "Oskar Venn"],
            id="1-paren-bold",
        ),
        pytest.param(
            "txt",
            """A.H.: Who will pay?
O.V.: The state.
A.H.: All of it?
O.V.: Half of it. As Lincoln put it: everyone pays.
""",
            ["A.H.", "O.V.", "A.H.", "O.V."],
            id="1-initial-dot",
        ),
        pytest.param(
            "txt",
            """Anna Holm — Who will pay?

Oskar Venn — The state will pay — all of it.

Anna Holm — When?

Oskar Venn — In May.
""",
            ["Anna Holm", "Oskar Venn", "Anna Holm", "Oskar Venn"],
            id="1-emdash",
        ),
        pytest.param(
            "txt",
            """Anna Holm | Who will pay?
Oskar Venn | The state will pay.
Anna Holm | When?
Oskar Venn | In May.
""",
            ["Anna Holm", "Oskar Venn", "Anna Holm", "Oskar Venn"],
            id="1-pipe",
        ),
        pytest.param(
            "txt",
            """Q1 Chair: Good morning. Who will pay for the ferry?
Oskar Venn: The state will.
Q2 Lim Tan: All of it?
Oskar Venn: Half of it.
Lim Tan: And the rest?
Oskar Venn: The town.
Q3 Chair: Thank you.
""",
            ["Chair", "Oskar Venn", "Lim Tan", "Oskar Venn", "Lim Tan", "Oskar Venn", "Chair"],
            id="1-q-number",
        ),
        pytest.param(
            "srt",
            """1
00:00:01,000 --> 00:00:03,000
IDA: Who was there?

2
00:00:03,500 --> 00:00:06,000
TOR: I said to him:
NEVER: not in my house!

3
00:00:06,500 --> 00:00:08,000
IDA: And he?

4
00:00:08,500 --> 00:00:10,000
TOR: WAIT: I will tell you.
""",
            ["IDA", "TOR", "IDA", "TOR"],
            id="1-shout",
        ),
        pytest.param(
            "md",
            """**Anna:** What do you need?

**Oskar:** Three things:

- Money: a lot of it.
- Time: ten years.
- People: whoever comes.

**Anna:** Thanks.
""",
            ["Anna", "Oskar", "Anna"],
            id="1-list-in",
        ),
        pytest.param(
            "txt",
            """Anna: What did they say?

Oskar: I remember the talk well.
Captain: You go first.
Me: No, you go.
That was how it went.

Anna: Thanks.

Oskar: You're welcome.

Anna: And then?

Oskar: We went.
""",
            ["Anna", "Oskar", "Anna", "Oskar", "Anna", "Oskar"],
            id="1-quote-in",
        ),
        pytest.param(
            "txt",
            """Moderator: Welcome. Ida, who are you?
Ida Brandt: I build boats.
Moderator: And you, Tor?
Tor Vik: I sail them.
Audience Member 1: What do they cost?
Ida Brandt: A lot.
Audience Member #2 (off mic): How much?
Ida Brandt: Ten thousand.
Unknown Speaker: Too much!
Moderator: Thank you.
""",
            [
                "Moderator",
                "Ida Brandt",
                "Moderator",
                "Tor Vik",
                "Audience Member 1",
                "Ida Brandt",
                "Audience Member #2 (off mic)",
                "Ida Brandt",
                "Unknown Speaker",
                "Moderator",
            ],
            id="1-moderated",
        ),
        pytest.param(
            "txt",
            """Host: What is the title?
Guest: The book is called
Harbour Nights: A History of the Coast.
Host: When is it out?
Guest: In May.
""",
            ["Host", "Guest", "Host", "Guest"],
            id="1-colon-inside",
        ),
        pytest.param(
            "vtt",
            """WEBVTT

1
00:00:01.000 --> 00:00:03.000
Ida Brandt (she/her): Who is here?

2
00:00:03.500 --> 00:00:05.000
Tor Vik | Coast Lab: I am.

3
00:00:06.000 --> 00:00:07.000
Conference Room 4: We are, too.

4
00:00:08.000 --> 00:00:09.000
Ida Brandt (she/her): Thanks.

5
00:00:10.000 --> 00:00:11.000
Tor Vik | Coast Lab: Fine.

6
00:00:12.000 --> 00:00:13.000
+1 555-***-0142: Can you hear me?
""",
            ["Ida Brandt", "Tor Vik", "Conference Room 4", "Ida Brandt", "Tor Vik", "+1 555-***-0142"],
            id="1-zoomnames",
        ),
        pytest.param(
            "txt",
            """Ida Brandt: Who is here?
Tor Vik: I am.
+1 555 0142: I am on the phone.
Ida Brandt: Thanks.
Tor Vik: Fine.
""",
            ["Ida Brandt", "Tor Vik", None, "Ida Brandt", "Tor Vik"],
            id="1-phone",
        ),
        pytest.param(
            "txt",
            """IDA BRANDT, HOST:

This is the news from the coast. Tor Vik reports.

TOR VIK, BYLINE: The ferry is late.

BRANDT: How late?

VIK: An hour. Here is Mara Quill.

MARA QUILL: I waited.

VIK: Mara Quill waits every day.

(SOUNDBITE OF FERRY)

BRANDT: Thanks, Tor.
""",
            ["IDA BRANDT", "TOR VIK", "IDA BRANDT", "TOR VIK", "MARA QUILL", "TOR VIK", "IDA BRANDT"],
            id="2-news",
        ),
        pytest.param(
            "txt",
            """Robert "Bob" Roe: Hello, who are you?
Ida Brandt: I am Ida.
Bob: And what do you do?
Ida: I build boats.
Bob: What kind?
Ida: Small ones.
""",
            ['Robert "Bob" Roe', "Ida Brandt", 'Robert "Bob" Roe', "Ida Brandt", 'Robert "Bob" Roe', "Ida Brandt"],
            id="2-nick",
        ),
        pytest.param(
            "txt",
            """Karin Venn: We came in May.
Oskar Venn: In June, I think.
Anna Holm: Who is right?
Venn: I am.
Anna Holm: Thanks.
""",
            ["Karin Venn", "Oskar Venn", "Anna Holm", "Venn", "Anna Holm"],
            id="2-twosurname",
        ),
        pytest.param(
            "txt",
            """José Núñez: Hola, ¿quién eres?
Ida Brandt: Soy Ida.
Jose Nunez: ¿Y qué haces?
Ida Brandt: Barcos.
""",
            ["José Núñez", "Ida Brandt", "José Núñez", "Ida Brandt"],
            id="2-accent",
        ),
        pytest.param(
            "txt",
            """Ida Brandt: Who is here?
TOR VIK: I am.
IDA BRANDT: Who else?
Tor Vik: Nobody.
""",
            ["Ida Brandt", "TOR VIK", "Ida Brandt", "TOR VIK"],
            id="2-upper",
        ),
        pytest.param(
            "txt",
            """Tor Vik Sr.: Who was there?
Tor Vik Jr.: I was.
Tor Vik Sr.: Who else?
Tor Vik Jr.: Nobody.
""",
            ["Tor Vik Sr.", "Tor Vik Jr.", "Tor Vik Sr.", "Tor Vik Jr."],
            id="2-jr",
        ),
        pytest.param(
            "srt",
            """1
00:00:01,000 --> 00:00:03,000
- Who built it?
- My grandfather.

2
00:00:03,500 --> 00:00:05,000
- And when?

3
00:00:05,500 --> 00:00:07,000
- In 1920, I think,
but I was not there.
""",
            [None, None, None, None],
            id="5-name-dash",
        ),
        pytest.param(
            "srt",
            """1
00:00:01,000 --> 00:00:03,000
NARRATOR: The bridge is old.

2
00:00:03,500 --> 00:00:05,000
IDA: Who built it?

3
00:00:05,500 --> 00:00:07,000
TOR: My grandfather did.

4
00:00:07,500 --> 00:00:09,000
NARRATOR: It stands to this day.

5
00:00:09,500 --> 00:00:11,000
IDA: And when?
""",
            ["NARRATOR", "IDA", "TOR", "NARRATOR", "IDA"],
            id="5-narrator",
        ),
        pytest.param(
            "srt",
            """1
00: 00: 01,000 -> 00: 00: 03,000
IDA: Who built it?

2
00: 00: 03,500 -> 00: 00: 05,000
TOR: My grandfather did.
""",
            ["IDA", "TOR"],
            id="5-spaced-time",
        ),
        pytest.param(
            "txt",
            """Ida Brandt   0:03
Who is here?

Tor Vik   0:06
I am.
And Mara is, too.

Quill, Mara (Guest)   0:10
Hello.

Ida Brandt   0:12
Thanks.
""",
            ["Ida Brandt", "Tor Vik", "Mara Quill", "Ida Brandt"],
            id="6-teamsnew",
        ),
        pytest.param(
            "txt",
            """00:00:03.120 --> 00:00:05.200
Ida Brandt
Who is here?

00:00:06.120 --> 00:00:08.200
Tor Vik
I am.

00:00:09.120 --> 00:00:11.200
Ida Brandt
Thanks.
""",
            ["Ida Brandt", "Tor Vik", "Ida Brandt"],
            id="6-teamsold",
        ),
        pytest.param(
            "txt",
            """Harbour meeting (2023-05-03 10:01 GMT+2) - Transcript
Attendees
Ida Brandt, Tor Vik
Transcript
This editable transcript was computer generated and might contain errors.
Ida Brandt: Who is here?
Tor Vik: I am.
Ida Brandt: Thanks.
00:05:00
Tor Vik: Fine.
Meeting ended after 00:06:10
""",
            ["Ida Brandt", "Tor Vik", "Ida Brandt", "Tor Vik"],
            id="6-meet",
        ),
        pytest.param(
            "txt",
            """10:01:12 From Ida Brandt to Everyone:
	Who is here?
10:01:20 From Tor Vik to Everyone:
	I am.
10:02:20 From Ida Brandt to Everyone:
	Thanks.
""",
            ["Ida Brandt", "Tor Vik", "Ida Brandt"],
            id="6-zoomchat",
        ),
        pytest.param(
            "md",
            """@0:03 - **Ida Brandt (Coast Lab)**
Who is here?

@0:06 - **Tor Vik**
I am.

@0:10 - **Ida Brandt (Coast Lab)**
Thanks.
""",
            ["Ida Brandt", "Tor Vik", "Ida Brandt"],
            id="6-fathom",
        ),
        pytest.param(
            "txt",
            """Vizepräsidentin Karin Venn: Ich rufe die Fragestunde auf.

Anna Holm (Küste): Wann fährt die Fähre?

Oskar Venn, Bundesminister für Fähren: Im Mai.

(Beifall bei der KÜSTE)

Anna Holm (Küste): Und wer zahlt?

Oskar Venn, Bundesminister für Fähren: Der Bund.

(Jens Roe (FLUSS): Das stimmt nicht!)

Vizepräsidentin Karin Venn: Danke.
""",
            [
                "Vizepräsidentin Karin Venn",
                "Anna Holm",
                "Oskar Venn",
                "Anna Holm",
                "Oskar Venn",
                "Vizepräsidentin Karin Venn",
            ],
            id="7-bundestag",
        ),
        pytest.param(
            "txt",
            """Hon. Mara Quill (South Bay, Coast): Mr. Speaker, who will pay for the ferry?

Hon. Oskar Venn (Minister of Ferries, Coast): Mr. Speaker, the state will pay.

Some hon. members: Hear, hear!

The Speaker: Order. The hon. member for South Bay.

Hon. Mara Quill: When?

The Deputy Speaker (Mr. Roe): Order.
""",
            [
                "Hon. Mara Quill",
                "Hon. Oskar Venn",
                "Some hon. members",
                "The Speaker",
                "Hon. Mara Quill",
                "The Deputy Speaker",
            ],
            id="7-hansard",
        ),
        pytest.param(
            "txt",
            """Le Président (M. Roy) : La séance est ouverte. Mme la députée.

Mme Verne : Merci, M. le Président. Qui va payer?

M. Lamy : La région.

Mme Verne : Quand?

M. Lamy : En mai.

Le Président (M. Roy) : Merci.
""",
            ["Le Président", "Mme Verne", "M. Lamy", "Mme Verne", "M. Lamy", "Le Président"],
            id="7-quebec",
        ),
        pytest.param(
            "txt",
            """PRESIDENTE. La seduta è aperta. Ha facoltà di parlare la senatrice Verdi.

VERDI (Costa). Signor Presidente, chi paga?

ROSSI, ministro dei traghetti. Lo Stato.

VERDI (Costa). Quando?

ROSSI, ministro dei traghetti. A maggio.

PRESIDENTE. Grazie.
""",
            ["PRESIDENTE", "VERDI", "ROSSI", "VERDI", "ROSSI", "PRESIDENTE"],
            id="7-italy",
        ),
        pytest.param(
            "txt",
            """La señora PRESIDENTA: Se abre la sesión.

El señor VENN ROCA (Grupo Costa): ¿Quién paga el barco?

La señora MINISTRA DE BARCOS (Quill Mar): El Estado.

El señor VENN ROCA (Grupo Costa): ¿Cuándo?

La señora MINISTRA DE BARCOS (Quill Mar): En mayo.
""",
            [
                "La señora PRESIDENTA",
                "El señor VENN ROCA",
                "La señora MINISTRA DE BARCOS",
                "El señor VENN ROCA",
                "La señora MINISTRA DE BARCOS",
            ],
            id="7-spain",
        ),
        pytest.param(
            "txt",
            """――どこに住んでいますか。

佐藤　港です。船が好きなので。

――なぜですか。

佐藤　静かだからです。
""",
            ["――", "佐藤", "――", "佐藤"],
            id="7-ja",
        ),
        pytest.param(
            "md",
            """| Time | Speaker | Text |
|---|---|---|
| 0:03 | Ida Brandt | Who is here? |
| 0:06 | Tor Vik | I am. |
| 0:10 | Ida Brandt | Thanks. |
""",
            ["Ida Brandt", "Tor Vik", "Ida Brandt"],
            id="table of Markdown with few rows",
        ),
    ],
)
def test_files_of_newsrooms_tools_and_parliaments_name_who_speaks(
    suffix: str, text: str, who: list[str | None]
) -> None:
    assert _who(suffix, text) == who
