"""Each task of editors, over the API, by files and at the desk: what is stored is right, the same each way, and stays
when the files are read and loaded again.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.editing.by_page import ByPage
from tests.editing.hands import ByApi, ByFile, Hand
from tests.editing.tasks import TASKS, Seen, Task
from tests.maintenance.test_integrity import content_findings

Hands = dict[str, Hand]


@pytest.fixture
def hands(engine: str, make_database: Callable[..., str], tmp_path: Path) -> Iterator[Hands]:
    """An editor of each way, each with a database of their own."""
    with ExitStack() as opened:
        made: Hands = {"file": ByFile(make_database(engine), tmp_path / "by-file")}
        for way, hand in (("api", ByApi), ("page", ByPage)):
            url = make_database(engine)
            app = create_app(Settings(database_url=url))
            client = opened.enter_context(TestClient(app, raise_server_exceptions=False))
            made[way] = hand(url, tmp_path / f"by-{way}", client)
        yield made
        for each in made.values():
            each.close()


@pytest.mark.parametrize("task", TASKS, ids=[task.name for task in TASKS])
def test_task_each_way(task: Task, hands: Hands) -> None:
    stored = {}
    for way, hand in hands.items():
        task.do(hand)
        stored[way] = hand.content()
        assert task.is_right(Seen(stored[way])), (way, stored[way])
        # Each file is read and loaded again.
        hand.load()
        assert hand.content() == stored[way], way
        assert content_findings(hand.database) == [], way
    assert stored["page"] == stored["api"] == stored["file"]
