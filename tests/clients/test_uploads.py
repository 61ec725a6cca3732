"""A client that is generated from the served document sends files, as they are and in a form, states how they are to
be read, and undoes that.
"""

from pathlib import Path

from tests.clients.test_clients import PYTHON, generate_python, require, run_in
from tests.server import started

_PROGRAM = """
import io
import sys

from quoth_client import AuthenticatedClient
from quoth_client.api.interviews import post_interview, put_source
from quoth_client.api.statements import get_statements, patch_statements, undo_statements
from quoth_client.models import PatchStatementsBody, PostInterviewFilesBody, StatedInterview, StoredFile
from quoth_client.types import File

TALK = b"Q: Where did the river begin?\\n\\nA: Under the old mill, behind our house.\\n"
OTHER = b"Q: What do you sell here?\\n\\nA: Apples, pears and a few plums, all from one garden.\\n"

client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
stored = post_interview.sync(client=client, body=File(io.BytesIO(TALK)), name="river.txt")
assert isinstance(stored, StoredFile), stored
form = PostInterviewFilesBody(
    file=File(io.BytesIO(OTHER), "shop.txt"), metadata=[File(io.BytesIO(b'title = "The shop"'), "shop.toml")]
)
shop = post_interview.sync(client=client, body=form)
assert isinstance(shop, StoredFile) and shop.interview, shop
print(stored.slug, shop.interview.title)
more = File(io.BytesIO(TALK + b"\\nQ: And now?\\n"))
corrected = put_source.sync("river", client=client, body=more, name="river.txt", if_match="*")
assert isinstance(corrected, StoredFile), corrected
print(corrected.outcome.value, corrected.revision)
seen = get_statements.sync_detailed("river", client=client)
patch = PatchStatementsBody.from_dict({"title": "The river"})
answer = patch_statements.sync_detailed("river", client=client, body=patch, if_match=seen.headers["ETag"])
stated, tag = answer.parsed, answer.headers["ETag"]
assert isinstance(stated, StatedInterview), answer
print(stated.interview.title, stated.version)
undone = undo_statements.sync("river", client=client, if_match=tag, idempotency_key="undo")
assert isinstance(undone, StatedInterview), undone
again = undo_statements.sync("river", client=client, if_match=tag, idempotency_key="undo")
assert again == undone, again
print(undone.interview.title, undone.version)
"""


def test_generated_client_sends_files_and_states_how_they_are_read(tmp_path: Path) -> None:
    require(PYTHON / "openapi-python-client")
    with started(QUOTH_UPLOAD_SECONDS="300") as server:
        generate_python(server.address, tmp_path)
        (tmp_path / "send.py").write_text(_PROGRAM)
        done = run_in(tmp_path, PYTHON / "python", "send.py", server.address, server.make_key())
    assert (done.stdout, done.stderr) == ("river The shop\nchanged 2\nThe river 1\nriver 2\n", "")
