"""Clients that are generated from the served document send files, state how they are to be read, and undo that."""

import json
from pathlib import Path

from tests.clients.test_clients import NODE, PYTHON, generate_python, require, run_in
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


_PROGRAM_IN_TYPESCRIPT = """
import createClient from "openapi-fetch";
import type { paths } from "./quoth.js";

const [address, key] = process.argv.slice(2) as [string, string];
const quoth = createClient<paths, "application/json" | "application/problem+json">({
  baseUrl: address,
  headers: { Authorization: `Bearer ${key}` },
});
const path = { interview: "river" };
const talk = "Q: Where did the river begin?\\n\\nA: Under the old mill, behind our house.\\n";
const loaded = await quoth.POST("/v1/interviews", {
  params: { query: { name: "river.txt" } },
  headers: { "Content-Type": "application/octet-stream" },
  body: talk,
  bodySerializer: (body) => body as string,
});
if (loaded.error) throw new Error(loaded.error.detail);
const seen = await quoth.GET("/v1/interviews/{interview}/statements", { params: { path } });
if (seen.error) throw new Error(seen.error.detail);
const stated = await quoth.PATCH("/v1/interviews/{interview}/statements", {
  params: { path, header: { "If-Match": seen.response.headers.get("ETag")! } },
  headers: { "Content-Type": "application/merge-patch+json" },
  body: { title: "The river" },
});
if (stated.error) throw new Error(stated.error.detail);
const undo = () =>
  quoth.POST("/v1/interviews/{interview}/statements/undo", {
    params: { path, header: { "If-Match": stated.response.headers.get("ETag")!, "Idempotency-Key": "undo" } },
  });
const [undone, again] = [await undo(), await undo()];
if (undone.error) throw new Error(undone.error.detail);
console.log(loaded.data.outcome, stated.data.interview.title, undone.data.interview.title);
console.log(stated.data.version, undone.data.version, again.data?.version);
const stale = await quoth.PATCH("/v1/interviews/{interview}/statements", {
  params: { path, header: { "If-Match": stated.response.headers.get("ETag")! } },
  headers: { "Content-Type": "application/merge-patch+json" },
  body: { title: "The brook" },
});
console.log(stale.error?.status);
"""


def test_generated_client_in_typescript_sends_a_file_and_states_how_it_is_read(tmp_path: Path) -> None:
    require(NODE / ".bin" / "openapi-typescript")
    (tmp_path / "node_modules").symlink_to(NODE)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    strict = {"strict": True, "noUncheckedIndexedAccess": True, "exactOptionalPropertyTypes": True}
    options = {**strict, "skipLibCheck": True, "module": "nodenext", "target": "es2022", "types": ["node"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options}))
    (tmp_path / "send.ts").write_text(_PROGRAM_IN_TYPESCRIPT)
    with started(QUOTH_UPLOAD_SECONDS="300") as server:
        source = f"{server.address}/openapi.json"
        made = run_in(tmp_path, NODE / ".bin" / "openapi-typescript", source, "--output", "quoth.ts")
        assert made.returncode == 0, made.stdout + made.stderr
        compiled = run_in(tmp_path, NODE / ".bin" / "tsc")
        assert (compiled.returncode, compiled.stdout) == (0, "")
        done = run_in(tmp_path, "node", "send.js", server.address, server.make_key())
    assert (done.stdout, done.stderr) == ("created The river river\n1 2 2\n412\n", "")
