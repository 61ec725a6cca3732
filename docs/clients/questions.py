"""Prints every question about a topic with its answers, page after page: python questions.py ADDRESS TOPIC.

The client comes from the OpenAPI document: openapi-python-client generate --url ADDRESS/openapi.json --meta none
--output-path quoth_client
"""

import sys
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from quoth_client import Client
from quoth_client.api.questions import list_questions
from quoth_client.models import Contributor, Problem, Question
from quoth_client.types import UNSET, Unset

# Small, so that the example turns pages; up to 100.
PAGE_SIZE = 2


def questions_about(topic: str, address: str) -> Iterator[Question]:
    """Give every question about a topic, in the order of the list.

    Raises:
        ValueError: the server refuses the request; the message says why.
    """
    with Client(base_url=address) as client:
        cursor: str | Unset = UNSET
        while True:
            page = list_questions.sync(client=client, topic=[topic], limit=PAGE_SIZE, cursor=cursor)
            if page is None or isinstance(page, Problem):
                raise ValueError(page.detail if page else "There is no answer that the document describes.")
            yield from page.items
            if page.page.next_ is None:
                return
            cursor = parse_qs(urlsplit(page.page.next_).query)["cursor"][0]


def name_of(speaker: Contributor | None) -> str:
    """Say who speaks: the name, or the role of somebody whom the source does not name."""
    return speaker.display_name if speaker else "(not known)"


def main() -> None:
    """Print what was asked and answered."""
    address, topic = sys.argv[1:]
    try:
        for question in questions_about(topic, address):
            print(f"{question.id} {name_of(question.asked_by)}: {question.text}")
            for answer in question.answers:
                print(f"  {answer.id} {name_of(answer.speaker)}: {answer.text}")
    except ValueError as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main()
