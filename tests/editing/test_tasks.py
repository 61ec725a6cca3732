"""Each task of editors, over HTTP and by files: what is stored is right, the same both ways, and stays when the files
are read and loaded again.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.editing.hands import ByApi, ByFile, Hand
from tests.editing.tasks import TASKS, Seen, Task
from tests.maintenance.test_integrity import findings_of

Hands = dict[str, Hand]


@pytest.fixture
def hands(engine: str, make_database: Callable[..., str], tmp_path: Path) -> Iterator[Hands]:
    """An editor of each way, each with a database of their own."""
    with ExitStack() as opened:
        url = make_database(engine)
        app = create_app(Settings(database_url=url))
        client = opened.enter_context(TestClient(app, raise_server_exceptions=False))
        made: Hands = {
            "file": ByFile(make_database(engine), tmp_path / "by-file"),
            "api": ByApi(url, tmp_path / "by-api", client),
        }
        yield made
        for hand in made.values():
            hand.close()


@pytest.mark.parametrize("task", TASKS, ids=[task.name for task in TASKS])
def test_task_by_api_and_by_file(task: Task, hands: Hands) -> None:
    stored = {}
    for way, hand in hands.items():
        task.do(hand)
        stored[way] = hand.content()
        assert task.is_right(Seen(stored[way])), (way, stored[way])
        # Each file is read and loaded again.
        hand.load()
        assert hand.content() == stored[way], way
        assert findings_of(hand.database) == [], way
    assert stored["api"] == stored["file"]
