from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview, load_vocabulary
from app.queries import hits as hits_module
from app.queries import search as search_module
from app.topics.vocabulary import read_vocabulary
from tests.authors import at
from tests.conftest import NOW, SEED
from tests.profiles import examples

PANEL = """ANA: Welcome to this panel about rivers and their floods.
BEN: A river is older than any border, and floods know none.
ANA: Thank you.
"""


def _search(client: TestClient, q: str, **parameters: Any) -> Any:
    response = client.get("/v1/search", params={"q": q, "include": "all", **parameters})
    assert response.status_code == 200, response.text
    return response.json()


def _ids(answer: Any) -> list[str]:
    return [item["id"] for item in answer["items"]]


def _turns(client: TestClient) -> dict[str, str]:
    record = client.get("/v1/interviews/worldnewsam-3712/transcript").json()
    return {turn["id"]: turn["text"] for turn in record["turns"]}


def test_word_highlights_the_verbatim_text_look_alike_letters_included(seed: TestClient) -> None:
    answer, turns = _search(seed, "congress"), _turns(seed)
    assert answer["page"]["total"] == len(answer["items"]) == 4
    marked = []
    for hit in answer["items"]:
        texts = {None: hit["question"]["text"], **{one["id"]: one["text"] for one in hit["question"]["answers"]}}
        for found in hit["highlights"]:
            marked.append(turns[found["turn_id"]][found["start"] : found["end"]])
            assert texts[found["answer_id"]][found["text_start"] : found["text_end"]] == marked[-1]
        for snippet in hit["snippets"]:
            assert snippet["text"] == turns[snippet["turn_id"]][snippet["start"] : snippet["end"]]
            assert all(snippet["start"] <= one["start"] < one["end"] <= snippet["end"] for one in snippet["highlights"])
            assert snippet["html"].count("<mark>") == len(snippet["highlights"]) > 0
    assert "Сongress" in marked
    assert {word.casefold().replace("с", "c") for word in marked} == {"congress", "congresses"}


def test_hit_names_the_answer_that_matches(seed: TestClient) -> None:
    (hit,) = _search(seed, "memorandums")["items"]
    assert (hit["id"], hit["answer_id"]) == ("gky5nhbt0gvp-q3", "gky5nhbt0gvp-a3")
    (hit,) = _search(seed, "splendid")["items"]
    assert (hit["id"], hit["answer_id"]) == ("gky5nhbt0gvp-q2", None)


def test_best_hit_comes_first(seed: TestClient) -> None:
    answer = _search(seed, "universities")
    assert _ids(answer)[0] == "gky5nhbt0gvp-q3"
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("q", "numbers"),
    [
        ("splendid", {2}),
        ("memorandum", {3}),
        ('"round table"', {1, 5}),
        ('"table round"', set()),
        ('"round table" -islam', {5}),
        ("memorandums OR splendid", {2, 3}),
        ("splend*", {2}),
        ("harmon* -showcase", {1, 3, 4, 5}),
        ("universitie*", {2, 3}),
        ("kassym-jomart", {1, 4}),
        ("Tokayev Astana awards", {1, 4, 5}),
    ],
)
def test_words_phrases_beginnings_exclusions_and_or(seed: TestClient, q: str, numbers: set[int]) -> None:
    found = {int(one.rpartition("q")[2]) for one in _ids(_search(seed, q))}
    if q.startswith("Tokayev"):
        assert numbers <= found
    else:
        assert found == numbers


def test_few_hits_for_all_words_are_followed_by_some_for_any_and_it_is_told(seed: TestClient) -> None:
    answer = _search(seed, "splendid memorandums")
    assert answer["matched"] == "any"
    assert set(_ids(answer)) == {"gky5nhbt0gvp-q2", "gky5nhbt0gvp-q3"}
    assert answer["notes"]
    answer = _search(seed, "clergy youth NGOs secretariat awards")
    assert _ids(answer)[0] == "gky5nhbt0gvp-q4"


def test_one_word_is_never_loosened(seed: TestClient) -> None:
    answer = _search(seed, "splendid")
    assert (answer["matched"], answer["notes"]) == ("all", [])


def test_question_in_natural_language_finds_any_of_its_words(seed: TestClient) -> None:
    answer = _search(seed, "What do universities do for science, and what have memorandums to do with it?", mode="ask")
    assert _ids(answer)[0] == "gky5nhbt0gvp-q3"
    # "science" stands nowhere, and nothing is near enough to it.
    assert answer["query"]["words"] == ["universities", "science", "memorandums"]
    assert (answer["matched"], answer["query"]["mode"]) == ("any", "ask")
    by_itself = _search(seed, "What do universities do for science, and what have memorandums to do with it?")
    assert _ids(by_itself) == _ids(answer)
    assert _search(seed, "universities science memorandums")["query"]["mode"] == "search"


def test_word_that_stands_nowhere_is_replaced_and_it_is_told(seed: TestClient) -> None:
    answer = _search(seed, "the Congres of memorandms")
    assert answer["did_you_mean"] == {
        "query": "the congress of memorandums",
        "words": [
            {"word": "congres", "suggestion": "congress", "suggestions": ["congress"], "replaced": True},
            {"word": "memorandms", "suggestion": "memorandums", "suggestions": ["memorandums"], "replaced": True},
        ],
        "as_written": "/v1/search?q=the+Congres+of+memorandms&include=all&as_written=true",
    }
    assert answer["query"]["searched"] == "the congress of memorandums"
    assert answer["query"]["text"] == "the Congres of memorandms"
    assert "congress" in answer["query"]["words"]
    assert "\u201ccongres\u201d" in answer["notes"][0]
    assert answer["items"] == _search(seed, "the congress of memorandums")["items"]
    as_written = seed.get(answer["did_you_mean"]["as_written"]).json()
    assert "congres" in as_written["query"]["words"]
    assert "congress" not in as_written["query"]["words"]
    assert [word["replaced"] for word in as_written["did_you_mean"]["words"]] == [False, False]
    assert as_written["did_you_mean"]["as_written"] is None
    assert _search(seed, "ocngress")["did_you_mean"]["query"] == "congress"
    assert _search(seed, "congress")["did_you_mean"] is None
    assert _search(seed, "xyzzyqwv")["did_you_mean"] is None


def test_quoted_word_is_never_replaced(seed: TestClient) -> None:
    answer = _search(seed, '"round tabel" congres')
    assert [(word["word"], word["replaced"]) for word in answer["did_you_mean"]["words"]] == [
        ("congres", True),
        ("tabel", False),
    ]
    assert answer["query"]["words"] == ['"round tabel"', "congress"]


@pytest.mark.parametrize("q", ["", "%", '"" - *', "♥ …"])
def test_query_without_a_word_finds_nothing_and_says_so(seed: TestClient, q: str) -> None:
    answer = _search(seed, q, facets="topic")
    assert (answer["items"], answer["page"]["total"], answer["matched"]) == ([], 0, "none")
    assert answer["facets"]["topic"] == []
    assert "no letter and no digit" in answer["notes"][0]


@pytest.mark.slow
def test_filters_narrow_and_facets_count_what_they_would_leave(
    own_seed: TestClient, load: Callable[..., LoadedInterview]
) -> None:
    load("Q: What of rivers?\nA: Rivers flood, says the congress.", 'slug = "second"\nlanguage = "en"')
    load(PANEL, 'slug = "panel"\nlanguage = "en"\n[[speakers]]\nlabels = ["BEN"]\nname = "Ben Ford"', "panel.txt")
    for q in ("congress", "river", "congress river zebra"):
        whole = _search(own_seed, q, facets="topic,speaker,language,publisher")
        assert whole["facets"]["language"][0]["count"] == whole["page"]["total"]
        counted = [
            (name, value["value"], value["count"])
            for name in ("topic", "speaker", "language", "publisher")
            for value in whole["facets"][name]
        ]
        assert counted
        for name, value, count in counted:
            assert _search(own_seed, q, **{name: value})["page"]["total"] == count, (q, name, value)
            assert _search(own_seed, q, **{name: f"-{value}"})["page"]["total"] == whole["page"]["total"] - count


def test_free_standing_turn_is_a_hit_of_its_own_kind(client: TestClient, load: Callable[..., LoadedInterview]) -> None:
    load(PANEL, 'slug = "panel"\n[[speakers]]\nlabels = ["BEN"]\nname = "Ben Ford"', "panel.txt")
    answer = _search(client, "borders")
    (hit,) = answer["items"]
    assert (hit["kind"], hit["question"], hit["turn"]["speaker"]["name"]) == ("turn", None, "Ben Ford")
    assert hit["turn"]["text"][hit["highlights"][0]["start"] : hit["highlights"][0]["end"]] == "border"
    assert hit["interview"]["slug"] == "panel"
    assert _search(client, "borders", speaker="ben-ford")["page"]["total"] == 1
    assert _search(client, "borders", speaker="-ben-ford")["page"]["total"] == 0
    assert _search(client, "borders", answered="false")["page"]["total"] == 0


@pytest.mark.parametrize("name", ["limit", "page"])
def test_pages_are_a_walk_without_gap_or_repeat(seed: TestClient, name: str) -> None:
    q = "congress OR peace OR tolerance OR university"
    whole = _ids(_search(seed, q))
    assert len(whole) == 5
    there: list[str] = []
    back: list[str] = []
    if name == "page":
        there = [one for number in (1, 2, 3) for one in _ids(_search(seed, q, limit=2, page=number))]
    else:
        page = _search(seed, q, limit=2)
        while True:
            there += _ids(page)
            if page["page"]["next"] is None:
                break
            page = seed.get(page["page"]["next"]).json()
        while page["page"]["previous"] is not None:
            page = seed.get(page["page"]["previous"]).json()
            back = _ids(page) + back
        assert back == whole[:4]
    assert there == whole


def test_cursor_is_good_for_its_own_search_only(seed: TestClient) -> None:
    following = _search(seed, "congress", limit=1)["page"]["next"]
    cursor = following.rpartition("cursor=")[2]
    for q, given_ in (("peace", cursor), ("congress", "AAAA"), ("congress", cursor[:-4])):
        refused = seed.get("/v1/search", params={"q": q, "cursor": given_})
        assert (refused.status_code, refused.json()["type"]) == (400, "/problems/invalid-cursor")
    from_list = seed.get("/v1/questions?limit=1").json()["page"]["next"].rpartition("cursor=")[2]
    assert seed.get("/v1/search", params={"q": "congress", "cursor": from_list}).status_code == 400


def test_very_common_words_are_ranked_within_bounds_and_it_is_told(
    own_seed: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _search(own_seed, "congress")["ranking"] == "exact"
    monkeypatch.setattr(search_module, "MAX_RANKED", 2)
    # Another request: the answer to the same one is kept.
    answer = _search(own_seed, "congress", limit=21)
    assert answer["ranking"] == "bounded"
    assert answer["page"]["total"] == 4
    # The newest ones.
    assert set(_ids(answer)) == {"gky5nhbt0gvp-q4", "gky5nhbt0gvp-q5"}
    assert "5,000" in answer["notes"][0]


def test_words_that_are_common_leave_a_loose_query_to_rarer_ones(
    own_seed: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "_MAX_ANY_DOCUMENTS", 3)
    answer = _search(own_seed, "congress memorandums", mode="ask")
    assert (answer["ranking"], _ids(answer)) == ("bounded", ["gky5nhbt0gvp-q3"])
    assert answer["page"]["total"] == 5


def test_common_word_within_a_narrow_filter_is_found(own_seed: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _ids(_search(own_seed, "congress", topic="peace"))
    assert whole
    monkeypatch.setattr(search_module, "_NARROW", 3)
    # As above.
    assert _ids(_search(own_seed, "congress", topic="peace", limit=21)) == whole


UNSPACED = {
    "zh": ("問：您怎麼看東京大學的研究？\n答：我認為研究很重要，尤其是氣候變化。", ["研究", "大學", "氣候變化", "氣"]),
    "ja": ("Q: 東京の大学についてどう思いますか。\nA: 研究はとても大切だと思います。", ["大学", "研究", "大切", "東"]),
    "th": ("Q: คุณคิดอย่างไรเกี่ยวกับมหาวิทยาลัย\nA: การศึกษาสำคัญมาก", ["มหาวิทยาลัย", "ศึกษา"]),
    "ko": ("Q: 한국의 대학에 대해 어떻게 생각하십니까?\nA: 연구는 매우 중요합니다.", ["대학", "연구"]),
}


@pytest.mark.parametrize("language", UNSPACED)
def test_unspaced_writing_is_found_by_any_part_of_it(
    client: TestClient, load: Callable[..., LoadedInterview], language: str
) -> None:
    text, parts = UNSPACED[language]
    text = text.replace("問：", "Q: ").replace("答：", "A: ")
    load(text, f'slug = "talk"\nlanguage = "{language}"', "talk.txt")
    for part in parts:
        (hit,) = _search(client, part)["items"]
        found = hit["highlights"][0]
        texts = {None: hit["question"]["text"], **{one["id"]: one["text"] for one in hit["question"]["answers"]}}
        assert texts[found["answer_id"]][found["text_start"] : found["text_end"]] == part
    assert _search(client, parts[0][::-1])["page"]["total"] == 0


@pytest.mark.parametrize(
    ("language", "text", "q"),
    [
        ("fr", "Q: Que faites-vous de l’été ?\nA: J’étudie les rivières.", "rivieres"),
        ("fr", "Q: Et l’homme ?\nA: Rien.", "homme"),
        ("ru", "Q: Что вы думаете о реках?\nA: Реки важны.", "РЕКИ"),
        ("ar", "Q: ما رأيك؟\nA: قال مُحَمَّد ذلك.", "محمد"),
        ("en", "Q: How is it?\nA: Cafe\u0301s are open.", "cafés"),
    ],
)
def test_other_languages_are_found_without_stems(
    client: TestClient, load: Callable[..., LoadedInterview], language: str, text: str, q: str
) -> None:
    load(text, f'slug = "talk"\nlanguage = "{language}"', "talk.txt")
    assert _search(client, q)["page"]["total"] == 1


def test_words_are_not_stemmed_where_the_language_is_not_english(
    client: TestClient, load: Callable[..., LoadedInterview]
) -> None:
    load("Q: Ou ?\nA: Les stations.", 'slug = "talk"\nlanguage = "fr"', "talk.txt")
    assert _search(client, "stations")["page"]["total"] == 1
    assert _search(client, "station")["page"]["total"] == 0


def test_correction_of_an_interview_is_what_is_searched(
    own_seed: TestClient, load: Callable[..., LoadedInterview]
) -> None:
    load("Q: Is it a lake?\nA: It is a brook.", 'slug = "water"', "water.txt")
    assert _search(own_seed, "brook")["page"]["total"] == 1
    load("Q: Is it a lake?\nA: It is a stream.", 'slug = "water"', "water.txt")
    assert _search(own_seed, "brook")["page"]["total"] == 0
    assert _search(own_seed, "stream")["page"]["total"] == 1
    assert _search(own_seed, "broook")["did_you_mean"] is None


@pytest.mark.parametrize("log_query", [False, True])
def test_statement_that_runs_long_is_cut(
    own_seed: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, log_query: bool
) -> None:
    from app.main import create_app
    from app.settings import Settings

    url = own_seed.app.state.database.url.render_as_string(hide_password=False)  # type: ignore[attr-defined]  # the application's own state
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    def slow(connection: Any, *_arguments: Any, **_options: Any) -> Any:
        return connection.exec_driver_sql(endless).all()

    monkeypatch.setattr(hits_module, "find", slow)
    settings = Settings(database_url=url, statement_seconds=0.2, log_query=log_query)
    with TestClient(create_app(settings)) as impatient, caplog.at_level("DEBUG"):
        refused = impatient.get("/v1/search?q=congress")
        assert "took too long over this. /v1/search" in caplog.text
        # What the client of the test logs by itself does not count.
        logged = [one.getMessage() for one in caplog.records if not one.name.startswith("httpx")]
        assert ("congress" in "".join(logged)) is log_query
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/too-expensive")
        assert refused.headers["Retry-After"].isdigit()
        assert refused.headers["Cache-Control"] == "no-store"
        assert impatient.get("/v1/questions").status_code == 200


def test_related_questions_say_what_they_share(seed: TestClient) -> None:
    answer = seed.get("/v1/questions/gky5nhbt0gvp-q4/related").json()
    ids = [item["question"]["id"] for item in answer["items"]]
    assert ids
    assert "gky5nhbt0gvp-q4" not in ids
    for item in answer["items"]:
        assert item["shared_terms"]
        said = str(item["question"]).casefold()
        assert any(term in said for term in item["shared_terms"])
    missing = seed.get("/v1/questions/gky5nhbt0gvp-q99/related")
    assert missing.status_code == 404


def test_asked_elsewhere_is_the_same_question_put_to_somebody_else(
    client: TestClient, load: Callable[..., LoadedInterview]
) -> None:
    def talk(slug: str, guest: str, question: str) -> None:
        text = f"Q: {question}\nA: I am {guest}, and I have an opinion.\nQ: And rivers?\nA: They flow."
        metadata = f'slug = "{slug}"\nseries = "Talks"\n[[speakers]]\nlabels = ["A"]\nname = "{guest}"'
        load(text, metadata, f"{slug}.txt")

    talk("one", "Ada Berg", "What was your first job in the harbour?")
    talk("two", "Bo Lind", "Tell us: what was your very first job in a harbour?")
    talk("three", "Ada Berg", "Once more, what was your first job in the harbour?")
    talk("four", "Cy Holm", "Do you like music?")
    first = client.get("/v1/questions?interview=one&sort=position").json()["items"][0]["id"]
    answer = client.get(f"/v1/questions/{first}/asked-elsewhere").json()
    assert [item["question"]["interview"]["slug"] for item in answer["items"]] == ["two"]
    assert set(answer["items"][0]["shared_terms"]) == {"job", "harbour"}
    assert 0.4 <= answer["items"][0]["score"] <= 1


@pytest.mark.parametrize(
    ("question", "elsewhere", "is_same"),
    [
        # One wording, with one word that tells or with none.
        ("And what software?", "And what software?", True),
        ("Who are you, and what do you do?", "Right. Who are you, and what do you do?", True),
        ("What would your dream setup be?", "So what's your dream setup?", True),
        # One word may be chance, and these lead back to what was said before.
        ("Did the software help?", "Who wrote the software?", False),
        ("And why do you say that is so?", "And why do you say that is so?", False),
        # What nobody asks is asked nowhere, and noted sounds, times and fillers are not shared.
        ("Yeah, exactly. [laughs] 12:30", "Yeah, exactly. [laughs] 12:30", False),
        ("Um, gosh, wouldn't you [laughs] bake?", "Um, gosh, wouldn't you [laughs] sail?", False),
    ],
)
def test_same_question_shares_words_that_tell_or_its_wording(
    client: TestClient, load: Callable[..., LoadedInterview], question: str, elsewhere: str, is_same: bool
) -> None:
    for slug, guest, asked in (("one", "Ada Berg", question), ("two", "Bo Lind", elsewhere)):
        text = f"Q: {asked}\nA: I am {guest}.\nQ: And rivers?\nA: They flow."
        load(text, f'slug = "{slug}"\n[[speakers]]\nlabels = ["A"]\nname = "{guest}"', f"{slug}.txt")
    first = client.get("/v1/questions?interview=one&sort=position").json()["items"][0]["id"]
    found = client.get(f"/v1/questions/{first}/asked-elsewhere").json()["items"]
    assert [item["question"]["interview"]["slug"] for item in found] == (["two"] if is_same else [])


def test_related_questions_share_words_that_tell(client: TestClient, load: Callable[..., LoadedInterview]) -> None:
    text = (
        "Q: [laughs] Well, didn't the ferry company lose its pilots?\nA: The pilots left the ferry, um, years ago.\n"
        "Q: [laughs] Well, didn't you bake?\nA: Um, bread, years ago.\n"
        "Q: And who pilots a ferry now?\nA: Nobody.\n"
        "Q: See [it](https://example.org/ferry-pilots) too.\nA: Yes.\n"
    )
    load(text)
    first = client.get("/v1/questions?sort=position").json()["items"][0]["id"]
    (related,) = client.get(f"/v1/questions/{first}/related").json()["items"]
    assert related["question"]["text"] == "And who pilots a ferry now?"
    assert related["shared_terms"] == ["ferry", "pilots"]


def test_comparison_puts_speakers_side_by_side(seed: TestClient) -> None:
    people = ["worldnewsam-3712-interviewee", "worldnewsam-3712-interviewer"]
    answer = seed.get("/v1/compare", params={"topic": "peace", "speaker": people, "limit": 1}).json()
    assert answer["topic"]["slug"] == "peace"
    assert [one["slug"] for one in answer["items"]] == people
    interviewee, interviewer = answer["items"]
    nothing = {"items": [], "total": 0, "total_is_exact": True, "next": None}
    assert (interviewer["answers"], interviewee["questions"]) == (nothing, nothing)
    for noun, who, one in (("answers", "answered_by", interviewee), ("questions", "asked_by", interviewer)):
        listed = seed.get(f"/v1/{noun}", params={"topic": "peace", who: one["slug"]}).json()
        assert one[noun]["total"] == listed["page"]["total"]
        assert one[noun]["items"] == listed["items"][:1]
        assert seed.get(one[noun]["next"]).json()["items"] == listed["items"][1:2]


def test_comparison_shows_what_says_something(
    client: TestClient, database: Database, load: Callable[..., LoadedInterview]
) -> None:
    text = (
        "Ada Berg: Do you repair nets in the harbour?\nBo Lind: Yes.\n"
        "Ada Berg: And who taught you?\nBo Lind: My aunt mended herring nets with flax twine by the lighthouse.\n"
        "Ada Berg: Right?\nBo Lind: Mm-hmm. [laughs]\n"
    )
    people = "".join(
        f'[[speakers]]\nlabels = ["{name}"]\nname = "{name}"\nrole = "{role}"\n'
        for name, role in (("Ada Berg", "interviewer"), ("Bo Lind", "interviewee"))
    )
    topics = "".join(f'[[questions]]\nbegins = "{word}"\ntopics = ["nets"]\n' for word in ("Do", "And", "Right"))
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", b'[nets]\nlabel = "Nets"\n'), at(NOW))
    load(text, f"{people}{topics}", "nets.txt")
    parameters = {"topic": "nets", "speaker": ["ada-berg", "bo-lind"]}
    asks, tells = client.get("/v1/compare", params=parameters).json()["items"]
    assert [item["text"] for item in tells["answers"]["items"]] == [
        "My aunt mended herring nets with flax twine by the lighthouse."
    ]
    assert tells["answers"]["total"] == 3
    assert client.get(tells["answers"]["next"]).json()["items"][0]["text"] == "Yes."
    assert [item["text"] for item in asks["questions"]["items"]] == ["Do you repair nets in the harbour?"]


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/v1/search", "q"),
        ("/v1/search?q=a&mode=find", "mode"),
        ("/v1/search?q=a&sort=title", "sort"),
        ("/v1/search?q=a&topic=nothing", "topic"),
        (f"/v1/search?q={'a' * 501}", "q"),
        ("/v1/compare?topic=peace&speaker=worldnewsam-3712-interviewee", "speaker"),
        ("/v1/compare?topic=peace&speaker=worldnewsam-3712-interviewee&speaker=nobody", "speaker"),
        ("/v1/compare?topic=pease&speaker=a&speaker=b", "topic"),
        ("/v1/compare?topic=peace&topic=peace&speaker=a&speaker=b", "topic"),
        (
            "/v1/compare?topic=peace&speaker=worldnewsam-3712-interviewee&speaker=worldnewsam-3712-interviewee",
            "speaker",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(seed: TestClient, address: str, parameter: str) -> None:
    refused = seed.get(address)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["parameter"] == parameter


_odd = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    alphabet=st.sampled_from("abcongress \"'*-OR():^{}+<>|&!\\%_,;東京ñ\u0301\u200d\ufeff\n\t"), max_size=60
)


@pytest.mark.slow
@settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))
@given(q=_odd, mode=st.sampled_from(["search", "ask"]), facets=st.sampled_from([None, "topic,speaker,year"]))
@example(q='" * OR NEAR( col: ^ {}', mode="search", facets=None)
@example(q="congress' OR 1=1 --", mode="search", facets=None)
@example(q="a" * 500, mode="search", facets=None)
@example(q="% " * 100, mode="ask", facets=None)
@example(q="'a' & !'b' | <-> :*", mode="search", facets=None)
def test_any_text_is_answered(seed: TestClient, q: str, mode: str, facets: str | None) -> None:
    for address in ("/v1/search", "/v1/questions"):
        given_ = {"q": q, "facets": facets, **({"mode": mode} if address == "/v1/search" else {})}
        asked = {name: value for name, value in given_.items() if value is not None}
        response = seed.get(address, params=asked)
        assert response.status_code in {200, 400, 422}, (q, response.text)
        if "\0" not in q and address == "/v1/search":
            assert response.status_code == 200, (q, response.text)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_words_of_the_record_in_a_row_are_found_as_a_phrase(seed: TestClient, data: st.DataObject) -> None:
    from app.text.terms import located_words

    text = data.draw(st.sampled_from(SEED.read_text(encoding="utf-8").splitlines()[:-1]))
    words = list(located_words(text))[2:]
    first = data.draw(st.integers(0, len(words) - 4))
    last = data.draw(st.integers(first, first + 3))
    phrase = text[words[first].start : words[last].end]
    answer = _search(seed, f'"{phrase}"')
    shown = [
        snippet["html"].replace("<mark>", "").replace("</mark>", "")
        for hit in answer["items"]
        for snippet in hit["snippets"]
    ]
    assert answer["page"]["total"] >= 1, phrase
    assert shown, phrase
