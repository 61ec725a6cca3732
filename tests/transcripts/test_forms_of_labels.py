"""Labels in the many forms in which people print them: who speaks in small files of each kind."""

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
            """Mme la présidente. La parole est à Mme Odile Verne.

Mme Odile Verne. Merci, madame la présidente. Quand le pont sera-t-il réparé ?

M. Hugues Lamy, ministre des ponts. Le pont sera réparé en juin. M. Dupuis le sait bien.

Mme Odile Verne. Et qui paiera ?

M. Hugues Lamy, ministre des ponts. La région paiera la moitié.

Mme la présidente. Merci.
""",
            [
                "Mme la présidente",
                "Mme Odile Verne",
                "M. Hugues Lamy",
                "Mme Odile Verne",
                "M. Hugues Lamy",
                "Mme la présidente",
            ],
            id="fr-an1",
        ),
        pytest.param(
            "txt",
            """M. le président. La séance est ouverte.

M. Paul Ariel. Monsieur le ministre, pourquoi le bac ne circule-t-il plus ?

M. Jean Morel, ministre. Il est en panne depuis mars.
La pièce manque.

(Applaudissements sur les bancs du groupe des Rivières.)

Mme Claire Besson. C'est faux !

M. Jean Morel, ministre. C'est exact, madame.
""",
            ["M. le président", "M. Paul Ariel", "M. Jean Morel", "Mme Claire Besson", "M. Jean Morel"],
            id="fr-an2",
        ),
        pytest.param(
            "md",
            """**M. le président**. La parole est à M. Yves Tardy.

**M. Yves Tardy**. Merci. Que fait le gouvernement ?

**Mme Lise Pons, *ministre des phares***. Il répare les phares.

**M. Yves Tardy**. Depuis quand ?

**Mme Lise Pons, *ministre des phares***. Depuis mai.
""",
            ["M. le président", "M. Yves Tardy", "Mme Lise Pons", "M. Yves Tardy", "Mme Lise Pons"],
            id="fr-senat",
        ),
        pytest.param(
            "txt",
            """M. Yves Tardy. - Que fait le gouvernement ?

Mme Lise Pons. - Il répare les phares.

M. Yves Tardy. - Depuis quand ?

Mme Lise Pons. - Depuis mai.
""",
            ["M. Yves Tardy", "Mme Lise Pons", "M. Yves Tardy", "Mme Lise Pons"],
            id="fr-dash",
        ),
        pytest.param(
            "txt",
            """Anna Holm: Qui était là ?

M. Dupuis. Il était là avant moi.
Mme Verne. Elle aussi.

Jens Bakke: Personne d'autre.

Anna Holm: Merci.
""",
            ["Anna Holm", "Jens Bakke", "Anna Holm"],
            id="fr-prose",
        ),
        pytest.param(
            "txt",
            """INTERVIEWER

When did you come to the island?

VENN

I came in the spring of 1961.

We had a small boat.

INTERVIEWER

Who was with you?

VENN

My brother.
""",
            ["INTERVIEWER", "VENN", "INTERVIEWER", "VENN"],
            id="alone-blank1",
        ),
        pytest.param(
            "txt",
            """Harbour voices
An interview with Mara Quill

INTERVIEWER

What did you build?

MARA QUILL

Boats, mostly.

INTERVIEWER

And the others?

MARA QUILL

They left.

INTERVIEWER

Where to?

MARA QUILL

The city.
""",
            ["INTERVIEWER", "MARA QUILL", "INTERVIEWER", "MARA QUILL", "INTERVIEWER", "MARA QUILL"],
            id="alone-blank2",
        ),
        pytest.param(
            "txt",
            """INTERVIEWER
When did you come to the island?

VENN
I came in the spring of 1961.

We had a small boat.

INTERVIEWER
Who was with you?

VENN
My brother.
""",
            ["INTERVIEWER", "VENN", "INTERVIEWER", "VENN"],
            id="alone-same",
        ),
        pytest.param(
            "txt",
            """Interviewer

When did you come?

Tor Vik

In 1961.

Interviewer

Who was with you?

Tor Vik

Nobody.

I was alone.
""",
            ["Interviewer", "Tor Vik", "Interviewer", "Tor Vik"],
            id="alone-mixed",
        ),
        pytest.param(
            "txt",
            """Anna Holm: Where did you live?

Tor Vik: In the old town.

THE FERRY

Anna Holm: And then?

Tor Vik: We took the ferry.

THE MILL

Tor Vik: Later I had a mill.
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik", "Tor Vik"],
            id="alone-headings",
        ),
        pytest.param(
            "md",
            """# Talk

**Anna Holm** Where do you live?

**Tor Vik** In the harbour. It is **very cold** there.

**Anna Holm** Why there?

**Tor Vik** I like boats.
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"],
            id="mdname1",
        ),
        pytest.param(
            "md",
            """**Anna** Where do you live?

**Tor** In the harbour.
I was born there.

**Anna** Why there?

**Tor** I like boats.

**Important** nobody said this to me.
""",
            ["Anna", "Tor", "Anna", "Tor"],
            id="mdname2",
        ),
        pytest.param(
            "md",
            """Anna: What helps?

Tor: Three things.

**Patience** is the first one.

**Courage** is the second one.

**Luck** is the third.

Anna: Thanks.
""",
            ["Anna", "Tor", "Anna"],
            id="mdname-not",
        ),
        pytest.param(
            "md",
            """**Q** Where do you live?

**A** In the harbour.

**Q** Why there?

**A** I like boats.
""",
            ["Q", "A", "Q", "A"],
            id="mdname-q",
        ),
        pytest.param(
            "srt",
            """1
00:00:01,000 --> 00:00:03,000
[RAGNA] Who built the bridge?

2
00:00:03,500 --> 00:00:06,000
[TOR] My grandfather did,
with two friends.

3
00:00:06,500 --> 00:00:08,000
[MUSIC]

4
00:00:08,500 --> 00:00:10,000
[RAGNA] And when?

5
00:00:10,500 --> 00:00:12,000
[TOR] In 1920.
""",
            ["RAGNA", "TOR", "RAGNA", "TOR"],
            id="ragna-srt",
        ),
        pytest.param(
            "txt",
            """[RAGNA] Who built the bridge?

[TOR] My grandfather did.

[laughs] He was proud.

[RAGNA] And when?

[TOR] In 1920.
""",
            ["RAGNA", "TOR", "RAGNA", "TOR"],
            id="ragna-txt",
        ),
        pytest.param(
            "txt",
            """[Ragna Moe] Who built the bridge?
[Tor Vik] My grandfather did.
[Ragna Moe] And when?
[Tor Vik] In 1920.
[inaudible] the old one.
""",
            ["Ragna Moe", "Tor Vik", "Ragna Moe", "Tor Vik"],
            id="ragna-mixed",
        ),
        pytest.param(
            "srt",
            """1
00:00:01,000 --> 00:00:03,000
[APPLAUSE] Good evening.

2
00:00:03,500 --> 00:00:06,000
[LAUGHTER] Nobody knows.

3
00:00:06,500 --> 00:00:08,000
[MUSIC] And so we go on.

4
00:00:08,500 --> 00:00:10,000
[APPLAUSE] Thank you.
""",
            [None, None, None, None],
            id="ragna-sounds",
        ),
        pytest.param(
            "txt",
            """00:03 Anna Holm – Who built the bridge?
00:07 Tor Vik – My grandfather did.
00:12 Anna Holm – And when?
00:15 Tor Vik – In 1920.
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"],
            id="timename1",
        ),
        pytest.param(
            "txt",
            """[00:00:03] Anna - Who built the bridge?
[00:00:07] Tor - My grandfather did - with friends.
[00:00:12] Anna - And when?
[00:00:15] Tor - In 1920.
""",
            ["Anna", "Tor", "Anna", "Tor"],
            id="timename2",
        ),
        pytest.param(
            "html",
            """<!doctype html><html><head><title>Bridges</title></head><body><h1>Bridges</h1>
<div><span class="name">Anna Holm</span><span class="time">00:03</span><span class="text">Who built it?</span></div>
<div><span class="name">Tor Vik</span><span class="time">00:07</span><span class="text">My grandfather did.</span></div>
<div><span class="name">Anna Holm</span><span class="time">00:12</span><span class="text">And when?</span></div>
<div><span class="name">Tor Vik</span><span class="time">00:15</span><span class="text">In 1920.</span></div>
</body></html>
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"],
            id="html-spans",
        ),
        pytest.param(
            "html",
            """<html><body>
<p><span>00:00:03</span> <span>Anna Holm</span> <span>Who built the bridge?</span></p>
<p><span>00:00:07</span> <span>Tor Vik</span> <span>My grandfather did.</span></p>
<p><span>00:00:12</span> <span>Anna Holm</span> <span>And when?</span></p>
<p><span>00:00:15</span> <span>Tor Vik</span> <span>In 1920.</span></p>
</body></html>
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"],
            id="html-spans2",
        ),
        pytest.param(
            "html",
            """<html><body><div class="transcript">
<div><span>Anna Holm</span> <span>0:03</span><br><span>Who built the bridge?</span></div>
<div><span>Tor Vik</span> <span>0:07</span><br><span>My grandfather did.</span></div>
<div><span>Anna Holm</span> <span>0:12</span><br><span>And when?</span></div>
<div><span>Tor Vik</span> <span>0:15</span><br><span>In 1920.</span></div>
</div></body></html>
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik"],
            id="html-spans3",
        ),
        pytest.param(
            "txt",
            """<ragna> who maintains the parser?
<tor> I do, since May
<ragna> is it quick?
<tor> quick enough
<mab> hello, I have a question
<ragna> go ahead, mab
<mab2> sorry, other client
<tor> no problem
""",
            ["ragna", "tor", "ragna", "tor", "mab", "ragna", "mab2", "tor"],
            id="irc-oneoff",
        ),
        pytest.param(
            "txt",
            """[10:01] <ragna> who maintains the parser?
[10:01] <tor> I do, since May
[10:02] <ragna> is it quick?
[10:02] <@mab> hello
[10:03] <tor> quick enough
""",
            ["ragna", "tor", "ragna", "mab", "tor"],
            id="irc-time",
        ),
        pytest.param(
            "txt",
            """Ragna: We have Karl on the line.

Karl from South Bay: Hello. Who pays for the bridge?

Ragna: Good question. Tor?

Tor: The town pays.

Mette from Hill End: I heard otherwise.

Ragna: From whom?
""",
            ["Ragna", "Karl", "Ragna", "Tor", "Mette", "Ragna"],
            id="caller",
        ),
        pytest.param(
            "txt",
            """HOST: Line two, you are on the air.

KARL IN SOUTH BAY: Hello. Who pays for the bridge?

GUEST: The town pays.

HOST: Next caller.

LINDA, HILL END: I heard otherwise.

HOST: From whom?
""",
            ["HOST", "KARL IN SOUTH BAY", "GUEST", "HOST", "LINDA", "HOST"],
            id="caller2",
        ),
        pytest.param(
            "txt",
            """ragna_h: who maintains the parser?

tor_v: I do, since May

mabel: can I ask something?

ragna_h: sure

tor_v: go on
""",
            ["ragna_h", "tor_v", "mabel", "ragna_h", "tor_v"],
            id="handle-once",
        ),
        pytest.param(
            "txt",
            """ragna: who maintains the parser?
tor: I do, since May
ragna: is it quick?
tor: quick enough
mabel99: can I ask something?
ragna: sure
tor: go on
""",
            ["ragna", "tor", "ragna", "tor", "mabel99", "ragna", "tor"],
            id="handle-once2",
        ),
        pytest.param(
            "txt",
            """00:00:01 Petra
Welcome. Who are you?

00:00:04 Petra's guest
I am a boat builder.

00:00:09 Petra
Since when?

00:00:12 Petra's guest
Since 1990.
""",
            ["Petra", "Petra's guest", "Petra", "Petra's guest"],
            id="petra-guest",
        ),
        pytest.param(
            "txt",
            """00:00:01 Petra Holm: Welcome. Who are you?
00:00:04 Tor's iPhone: I am a boat builder.
00:00:09 Petra Holm: Since when?
00:00:12 Tor's iPhone: Since 1990.
""",
            ["Petra Holm", "Tor's iPhone", "Petra Holm", "Tor's iPhone"],
            id="petra-iphone",
        ),
        pytest.param(
            "vtt",
            """WEBVTT

00:00:01.000 --> 00:00:03.000
Petra Holm: Welcome. Who are you?

00:00:04.000 --> 00:00:06.000
Tor's iPad: I am a boat builder.

00:00:07.000 --> 00:00:08.000
Petra Holm: Since when?

00:00:09.000 --> 00:00:10.000
Tor's iPad: Since 1990.
""",
            ["Petra Holm", "Tor's iPad", "Petra Holm", "Tor's iPad"],
            id="petra-vtt",
        ),
        pytest.param(
            "txt",
            """Wim Sorel: Where do you live?
Ida Brandt: In the harbour.
WS: Why there?
IB: I like boats.
WS: And then?
IB: Then I left.
WS; Where to?
IB: The city.
""",
            [
                "Wim Sorel",
                "Ida Brandt",
                "Wim Sorel",
                "Ida Brandt",
                "Wim Sorel",
                "Ida Brandt",
                "Wim Sorel",
                "Ida Brandt",
            ],
            id="ws1",
        ),
        pytest.param(
            "txt",
            """Wim Sorel: Where do you live?
Ida Brandt: In the harbour.
WS: Why there?
IB: I like boats.
WS: And then?
IB: Then I left.
SW: Where to?
IB: The city.
Wim Sorell: Thanks.
""",
            [
                "Wim Sorel",
                "Ida Brandt",
                "Wim Sorel",
                "Ida Brandt",
                "Wim Sorel",
                "Ida Brandt",
                "SW",
                "Ida Brandt",
                "Wim Sorel",
            ],
            id="ws2",
        ),
        pytest.param(
            "txt",
            """Wim Sorel (WS): Where do you live?
Ida Brandt (IB): In the harbour.
WS: Why there?
IB: I like boats.
WS And then?
IB: Then I left.
WS. Where to?
IB: The city.
""",
            ["Wim Sorel", "Ida Brandt", "Wim Sorel", "Ida Brandt", None, "Ida Brandt", None, "Ida Brandt"],
            id="ws3",
        ),
        pytest.param(
            "txt",
            """MR. HOLM: When did you come to the island?

MRS. VENN: In 1961.

MR. HOLM: Who was with you?

MRS. VENN: My brother and his wife.

MR. HOLM: Did you like it?

MRS. VENN: I did, very much. It was a good time for us all.
""",
            ["MR. HOLM", "MRS. VENN", "MR. HOLM", "MRS. VENN", "MR. HOLM", "MRS. VENN"],
            id="mrs1",
        ),
        pytest.param(
            "txt",
            """Oral History Interview
with Mrs. Karin Venn
Interviewer: Mr. Ulf Holm
Date: May 3, 1977

MR. HOLM: When did you come to the island?

MRS. VENN: In 1961.

MR. VENN: I came with her.

MR. HOLM: Did you like it?

MRS. VENN: I did, very much.
""",
            ["Mr. Ulf Holm", "Mrs. Karin Venn", "MR. VENN", "Mr. Ulf Holm", "Mrs. Karin Venn"],
            id="mrs2",
        ),
        pytest.param(
            "txt",
            """Anna Holm 00:00:03
Where do you live?

Tor Vik 00:00:07
In the harbour.

Anna Holm 00:0012
Why there?

Tor Vik 00;00:15
I like boats.

Anna Holm 00:00:20
Thanks.
""",
            ["Anna Holm", "Tor Vik", "Anna Holm", "Tor Vik", "Anna Holm"],
            id="misprtime1",
        ),
        pytest.param(
            "txt",
            """[00:00:03] Anna: Where do you live?
[00:00:07] Tor: In the harbour.
[00:00.12] Anna: Why there?
[00:0015] Tor: I like boats.
[00:00:20] Anna: Thanks.
""",
            ["Anna", "Tor", "Anna", "Tor", "Anna"],
            id="misprtime2",
        ),
        pytest.param(
            "srt",
            """1
00:00:01,000 --> 00:00:03,000
ANNA: Who built it?

2
00:00:04.000 -> 00:00:06,000
TOR: My grandfather did.

3
00:00:07,000 --> 00:0009,000
ANNA: When?

4
00:00:10,000 --> 00:00:12,000
TOR: In 1920.
""",
            ["ANNA", "TOR", "ANNA", "TOR"],
            id="misprtime3",
        ),
        pytest.param(
            "vtt",
            """WEBVTT

00:00:01.000 --> 00:00:03.000
Dan: Who built it?

00:00:04.000 --> 00:00:06.000
Dan Ott: My grandfather did.

00:00:07.000 --> 00:00:09.000
Dan: When?

00:00:10.000 --> 00:00:11.000
Dan Ott: In 1920.
""",
            ["Dan", "Dan Ott", "Dan", "Dan Ott"],
            id="dan1",
        ),
        pytest.param(
            "vtt",
            """WEBVTT

00:00:01.000 --> 00:00:03.000
<v Dan>Who built it?</v>

00:00:04.000 --> 00:00:06.000
<v Dan Ott>My grandfather did.</v>

00:00:07.000 --> 00:00:09.000
<v Dan>When?</v>

00:00:10.000 --> 00:00:11.000
<v Dan Ott>In 1920.</v>
""",
            ["Dan", "Dan Ott", "Dan", "Dan Ott"],
            id="dan2",
        ),
        pytest.param(
            "txt",
            """Dan: Who built it?
Dan Ott: My grandfather did.
Dan: When?
Dan Ott: In 1920.
""",
            ["Dan", "Dan Ott", "Dan", "Dan Ott"],
            id="dan3",
        ),
    ],
)
def test_every_form_of_label_names_who_speaks(suffix: str, text: str, who: list[str | None]) -> None:
    assert _who(suffix, text) == who
