"""The pages that are looked at in a browser. Each kind of page is one line here, and is then tested in every way."""

from collections.abc import Callable
from typing import Any

# Asks the API of the running server for JSON.
Ask = Callable[[str], Any]


def pages(ask: Ask) -> dict[str, str]:
    """Return the address of each page, by what it is."""
    questions = {
        slug: ask(f"/v1/interviews/{slug}/questions?include=turns")["items"]
        for slug in ("worldnewsam-3712", "talk", "bir", "jiaoshi", "hostile")
    }
    talk = questions["talk"]
    answer = talk[0]["answers"][0]["id"]
    passage = ask(f"/v1/answers/{answer}/citation?start=3&end=27")["permalink"]
    turn = talk[1]["answers"][0]["turns"][0]["id"]
    speakers = {one["display_name"]: one["slug"] for one in ask("/v1/speakers?limit=100")["items"]}
    return {
        "home": "/",
        "interviews": "/interviews",
        "interviews, narrowed": "/interviews?series=The+Long+Walk&sort=title",
        "interview": "/interviews/worldnewsam-3712",
        "interview in Markdown": "/interviews/talk",
        "interview with a turn": f"/interviews/talk?turn={turn}#passage",
        "interview from right to left": "/interviews/bir",
        "interview in Chinese": "/interviews/jiaoshi",
        "interview with times": "/interviews/day",
        "interview in parts": "/interviews/long?part=2",
        "interview that is hostile": "/interviews/hostile",
        "interview in Markdown that is hostile": "/interviews/hostile-markdown",
        "questions": "/questions",
        "question": f"/questions/{talk[0]['id']}",
        "question from right to left": f"/questions/{questions['bir'][1]['id']}",
        "question that is hostile": f"/questions/{questions['hostile'][1]['id']}",
        "passage": passage,
        "people": "/speakers",
        "people by name": "/speakers?q=ann",
        "person": f"/speakers/{speakers['Bo Ray']}",
        "person who asks": f"/speakers/{speakers['Ann Lee']}",
        "person without a topic": f"/speakers/{speakers['Bo Ray']}?year=2021",
        "person without a name": "/speakers/worldnewsam-3712-interviewee",
        "topics": "/topics",
        "topic": "/topics/interfaith-dialogue",
        "nothing": "/nothing",
        "no such question": "/questions/zzzzzzzzzzzz-q1",
        "withdrawn": "/interviews/withdrawn",
        "wrong parameter": "/interviews?serch=x",
        "wrong value": "/interviews?year=soon",
        "embed of a question": f"/embed/questions/{talk[0]['id']}",
        "embed of a passage": f"/embed/answers/{answer}?start=3&end=27",
        "embed of a turn": f"/embed/interviews/talk?turn={turn}",
        "embed from right to left": f"/embed/questions/{questions['bir'][1]['id']}",
        "embed that is hostile": f"/embed/questions/{questions['hostile'][1]['id']}",
        "asked elsewhere": f"/questions/{talk[0]['id']}/asked-elsewhere",
        "revisions": "/interviews/talk/revisions",
        "difference": "/interviews/weir/difference",
        "difference of redacted words": "/interviews/talk/difference?from=1&to=2",
        "past revision": "/interviews/weir?revision=1",
        "compare": "/compare",
        "quotation checker": "/quotes",
        "checked quotation": "/quotes?q=It+began+under+the+mill",
        "altered quotation": "/quotes?q=Excellency%2C+tolerance+alone+is+not+enough",
        "quotation that nobody said": "/quotes?q=Nothing+of+the+kind+was+ever+uttered",
        "hostile quotation": "/quotes?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE",
        "search": "/search?q=mill",
        "search without a query": "/search",
        "search that finds nothing": "/search?q=xylophonist",
        "people to compare": "/compare?topic=interfaith-dialogue",
        "people side by side": "/compare?topic=interfaith-dialogue"
        "&speaker=worldnewsam-3712-interviewee&speaker=worldnewsam-3712-interviewer",
    }
