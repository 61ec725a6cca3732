"""/docs/guide: the guide to the API, docs/api.md as a page, whose requests work on the corpus that is served."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from fastapi import APIRouter, Request
from markdown_it import MarkdownIt
from markdown_it.token import Token
from starlette.responses import Response

from app.api.database import Open
from app.api.documentation.explorer import GUIDE, names_of_corpus, server_of
from app.api.documentation.problem_pages import html_page
from app.api.http.read_limiter import ReadingRoute
from app.errors import EMPTY_CORPUS
from app.queries.corpus_names import CorpusNames

# An installed copy has it beside this module; in the sources it is a document like others.
_HERE = Path(__file__).parent / "guide.md"
_FILE = _HERE if _HERE.exists() else Path(__file__).parents[3] / "docs" / "api.md"
# The server and the corpus that the document is written and tested with.
_WRITTEN_FOR = "http://127.0.0.1:8000"
_SEED = "gky5nhbt0gvp"
_TOPICS = ("interfaith-dialogue", "peace", "tolerance", "religious-leaders")
_ADDRESS = re.compile(rf"'{re.escape(_WRITTEN_FOR)}(/[^']*)'")
# Around tables that are written by a program.
_COMMENT = re.compile(r"^<!-- .* -->\n", re.MULTILINE)
# What a browser does not send when it opens an address.
_IS_MORE_THAN_READ = re.compile(r" -X | -d | -H .Authorization: ")
_NOTHING = (
    f"<p><strong>{escape(EMPTY_CORPUS, quote=False)}</strong> The examples on this page then have names of your own; "
    "until then they show the interview that comes with Quoth.</p>"
)
_OWN = (
    "<p>The requests on this page have names of the corpus that is served here. The answers below them are those of "
    "the interview that comes with Quoth, so yours say other words.</p>"
)

router = APIRouter(route_class=ReadingRoute, include_in_schema=False)


@router.get(GUIDE)
def get_guide(request: Request, database: Open) -> Response:
    """Show the guide."""
    page = render(_FILE.read_text("utf-8"), names_of_corpus(database), server_of(request))
    return html_page("The API in five minutes", page)


def render(text: str, names: CorpusNames | None, server: str) -> str:
    """Render the guide, without its title, with names that the corpus has."""
    is_seed = names is not None and names.interview_id == _SEED
    own = {} if names is None or is_seed else _own_names(names)
    about = "" if is_seed else _NOTHING if names is None else _OWN
    known = {} if names is None else names.parameters()
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")

    def fence(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _environment: Any) -> str:
        commands = re.split(r"^\$ ", tokens[index].content, flags=re.MULTILINE)[1:]
        return "".join(_example(command, own, known, server) for command in commands)

    markdown.add_render_rule("fence", fence)
    tokens = markdown.parse(_COMMENT.sub("", text.partition("\n")[2]))
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following is not None:
            token.attrs["id"] = _anchor(following.content)
        token.children = None if token.children is None else list(_with_addresses_here(token.children))
        for child in token.children or ():
            child.content = _with_own(child.content, own)
    return about + str(markdown.renderer.render(tokens, markdown.options, {}))


def _anchor(heading: str) -> str:
    """Name a heading as the table of contents of the document does."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _own_names(names: CorpusNames) -> dict[str, str]:
    """Pair names and words that the document has with those of the corpus."""
    topics = dict(zip(_TOPICS, names.topics * len(_TOPICS), strict=False))
    own = {
        **topics,
        "worldnewsam-3712-interviewee": names.answered_by,
        "worldnewsam-3712": names.interview,
        f"{_SEED}-q": names.question,
        f"{_SEED}-a": names.answer,
        "q=congress": f"q={quote_plus(names.word or '')}",
        "q=interfaith+dialogue": f"q={quote_plus(names.word or '')}",
        "text=tolerance+alone+is+enough": f"text={quote_plus(names.quotation or '')}",
        "end=57": f"end={len(names.quotation or '')}",
        "published_from=2023": f"published_from={(names.published or '2023')[:4]}",
    }
    return {written: name for written, name in own.items() if name}


def _with_own(text: str, own: Mapping[str, str]) -> str:
    if not own:
        return text
    written = "|".join(re.escape(one) for one in sorted(own, key=len, reverse=True))
    # An id goes on with its number; a longer name is another one.
    pattern = rf"(?<![\w-])({written})(?:(?<=-[qa])[0-9]+)?(?![\w-])"
    return re.sub(pattern, lambda match: own[match[1]], text)


def _example(example: str, own: Mapping[str, str], known: Mapping[str, Any], server: str) -> str:
    command, _, answer = re.sub(r" \\\n\s*", " ", example).partition("\n")
    command = _with_own(command, own)
    address = _ADDRESS.search(command)
    shown = escape(f"$ {command.replace(_WRITTEN_FOR, server)}", quote=False)
    has_topic = "topic" in known or not re.search(rf"\b({'|'.join(_TOPICS)})\b", command)
    if known and not has_topic:
        shown += "</code></pre>\n<p>This corpus has no questions on a topic yet: see <code>quoth topics</code>.</p>"
    # What stands in angle brackets is from the answer before.
    elif known and address is not None and "<" not in address[1] and not _IS_MORE_THAN_READ.search(command):
        shown += f'</code></pre>\n<p><a href="{escape(address[1])}">Open {escape(address[1])}</a></p>'
    else:
        shown += "</code></pre>"
    is_own = known and not own
    opened = " open" if is_own else ""
    summary = "The answer" if is_own else "The answer of the interview that comes with Quoth"
    return (
        f"<pre><code>{shown}\n<details{opened}><summary>{summary}</summary>\n"
        f"<pre><code>{escape(answer, quote=False)}</code></pre></details>\n"
    )


def _with_addresses_here(tokens: Sequence[Token]) -> Iterator[Token]:
    """Let links lead to this server, and leave out those to files of the sources."""
    is_left_out = False
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrs["href"]).removeprefix(_WRITTEN_FOR)
            is_left_out = not target.startswith(("/", "#", "https://"))
            token.attrs["href"] = target
        if not (is_left_out and token.type in {"link_open", "link_close"}):
            yield token
