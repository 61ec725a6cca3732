"""Takes the examples of the OpenAPI document from a server with the seed: `make examples`."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.seed import load_seed

# Short answers of the seed are chosen, so that the document stays readable.
ADDRESSES = {
    "listQuestions": "/v1/questions?topic=higher-education-and-research",
    "getQuestion": "/v1/questions/gky5nhbt0gvp-q3",
    "listAnswers": "/v1/answers?topic=higher-education-and-research",
    "getAnswer": "/v1/answers/gky5nhbt0gvp-a3",
    "listQuestionRevisions": "/v1/questions/gky5nhbt0gvp-q3/revisions",
    "getQuestionDifference": "/v1/questions/gky5nhbt0gvp-q3/difference?from=1&to=1",
    "listAnswerRevisions": "/v1/answers/gky5nhbt0gvp-a3/revisions",
    "getAnswerDifference": "/v1/answers/gky5nhbt0gvp-a3/difference?from=1&to=1",
    "listInterviewRevisions": "/v1/interviews/worldnewsam-3712/revisions",
    "getQuestionCitation": "/v1/questions/gky5nhbt0gvp-q3/citation",
    "getAnswerCitation": "/v1/answers/gky5nhbt0gvp-a3/citation?start=0&end=60",
    "listSuggestions": "/v1/suggestions",
    "listTopicsOfQuestion": "/v1/questions/gky5nhbt0gvp-q3/topics",
    "getQuestionTopic": "/v1/questions/gky5nhbt0gvp-q3/topics/higher-education-and-research",
    "getInterviewCitation": "/v1/interviews/worldnewsam-3712/citation",
    "listInterviews": "/v1/interviews?topic=interfaith-dialogue",
    "getInterview": "/v1/interviews/worldnewsam-3712",
    "listInterviewQuestions": "/v1/interviews/worldnewsam-3712/questions?topic=higher-education-and-research",
    "getTranscript": "/v1/interviews/worldnewsam-3712/transcript",
    "listSpeakers": "/v1/speakers",
    "getSpeaker": "/v1/speakers/worldnewsam-3712-interviewee",
    "listSpeakerAnswers": "/v1/speakers/worldnewsam-3712-interviewee/answers?topic=higher-education-and-research",
    "listTopics": "/v1/topics?limit=2",
    "getTopic": "/v1/topics/interfaith-dialogue",
    "listTopicQuestions": "/v1/topics/higher-education-and-research/questions?facets=topic,speaker,year",
    "listRelated": "/v1/questions/gky5nhbt0gvp-q3/related",
    "listAskedElsewhere": "/v1/questions/gky5nhbt0gvp-q3/asked-elsewhere",
    "searchRecord": "/v1/search?q=memorandums",
    "compareSpeakers": "/v1/compare?topic=higher-education-and-research&speaker=worldnewsam-3712-interviewee"
    "&speaker=worldnewsam-3712-interviewer",
    "verifyQuote": "/v1/quotes/verify?text=tolerance+alone+is+enough&speaker=worldnewsam-3712-interviewee",
    "listChanges": "/v1/changes?limit=2",
    "getIndex": "/v1",
    "getHealth": "/healthz",
    "getReadiness": "/readyz",
}

POSTED = {"text": "We have newspapers … so that's one part of it", "interview": "worldnewsam-3712"}


def seed_answers(client: TestClient) -> dict[str, Any]:
    """Ask for every example; the whole record is cut to its first question and answer, related ones
    and the index to one."""
    answers = {}
    for operation, address in ADDRESSES.items():
        response = client.get(address)
        response.raise_for_status()
        answers[operation] = response.json()
    posted = client.post("/v1/quotes/verify", json=POSTED)
    posted.raise_for_status()
    answers["verifyPostedQuote"] = posted.json()
    answers["listRelated"]["items"] = answers["listRelated"]["items"][:1]
    answers["getIndex"]["resources"] = answers["getIndex"]["resources"][:1]
    answers["getTranscript"]["turns"] = answers["getTranscript"]["turns"][4:6]
    return answers


@contextmanager
def seed_client() -> Iterator[TestClient]:
    """Load the seed into a database of its own and give a client of the API over it."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/examples.db"
        database = Database(url)
        database.migrate()
        with database.write() as connection:
            load_seed(connection)
        database.close()
        with TestClient(create_app(Settings(database_url=url))) as client:
            yield client


def main() -> None:
    """Print the examples."""
    with seed_client() as client:
        json.dump(seed_answers(client), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
