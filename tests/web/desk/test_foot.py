"""The foot of each page leads to the desk, with the same bytes for everybody."""

import re

from starlette.testclient import TestClient

from app.db import Database
from app.models import Scope
from tests.web.desk.signed_in import at_the_desk


def test_foot_of_each_page_leads_to_what_it_shows_at_the_desk(own_seed: TestClient, database: Database) -> None:
    question = own_seed.get("/v1/questions").json()["items"][0]
    speaker, topic = question["asked_by"]["slug"], question["topics"][0]["slug"]
    places = {
        "/": "/desk",
        "/nothing": "/desk",
        "/interviews/worldnewsam-3712": "/desk/interviews/worldnewsam-3712",
        f"/questions/{question['id']}": "/desk/interviews/worldnewsam-3712",
        f"/speakers/{speaker}": f"/desk/people/{speaker}",
        f"/topics/{topic}": f"/desk/topics?topic={topic}",
    }
    desk = at_the_desk(own_seed, database, Scope.WRITE)
    for path, place in places.items():
        page = own_seed.get(path, headers={"Accept": "text/html"})
        found = re.findall(r'<a href="(/desk[^"]*)" rel="nofollow">', page.text)
        assert found == [place]
        assert desk.get(place).status_code == 200
        with_cookie = own_seed.get(path, headers={"Accept": "text/html", **desk._headers()})
        # The page of an error names its request.
        assert with_cookie.content == page.content or page.status_code == 404
        assert "Cookie" not in page.headers.get("Vary", "")
    # And back: each page of the desk leads to the one for readers.
    for place in ("/desk/interviews/worldnewsam-3712", "/desk/interviews/worldnewsam-3712/topics"):
        assert 'href="/interviews/worldnewsam-3712"' in desk.get(place).text
    assert f'href="/speakers/{speaker}"' in desk.get(f"/desk/people/{speaker}").text
