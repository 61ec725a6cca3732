"""The pages of the desk, and how an editor gets to them in a browser."""

from playwright.sync_api import Page, Response

from tests.web.browser.corpus import CORRECTED, HOSTILE
from tests.web.browser.looking import Opener, address, answer_to
from tests.web.browser.pages import Ask

# The button that shows what would be done, in what pages have of it.
CHECK, LOAD = 'button[value="check"]', 'button[value="load"]'
_AT_WORK = "/desk/interviews/"
# What a file name may be where files may have any.
HOSTILE_NAME = '"><img src=x onerror=alert(1)>.txt'
_NEW = f"""\
Host: Who built {HOSTILE}?

Ms Vale: My aunt. [laughs]

And here nobody is named.

Host: When?
"""


def sign_in(page: Page, key: str) -> Response:
    """Sign in with a key."""
    page.goto("/desk")
    page.get_by_label("Your key").fill(key)
    return answer_to(page, page.locator("main button").click)


def send(path: str, name: str, text: str) -> Opener:
    """Send a file on a page of the desk, and see what is understood of it."""

    def go(page: Page) -> Response:
        page.goto(path)
        page.locator("#file").set_input_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})
        return answer_to(page, page.locator(CHECK).click)

    return go


def pages(ask: Ask) -> dict[str, Opener]:
    """Return each page of the desk, by what it is."""
    ids = {slug: ask(f"/v1/interviews/{slug}")["id"] for slug in ("talk", "weir", "bir", "jiaoshi", "hostile")}
    weir = f"{_AT_WORK}weir"

    def refused(page: Page) -> Response:
        page.goto(f"{weir}?turn={ids['weir']}-t2#{ids['weir']}-t2")
        return answer_to(page, page.get_by_role("button", name="Part in two").click)

    def stale(page: Page) -> Response:
        page.goto(weir)
        page.locator("[name=made_from]").evaluate("each => { each.value = '1.0' }")
        return answer_to(page, page.locator(f'button[value="note:{ids["weir"]}-t2"]').click)

    def to_be_redacted(page: Page) -> Response:
        page.goto(f"{weir}/withhold")
        page.locator("#words").fill("My aunt")
        return answer_to(page, page.locator(CHECK).first.click)

    def no_such_key(page: Page) -> Response:
        page.goto("/desk/sign-in")
        page.get_by_label("Your key").fill("quoth_none")
        return answer_to(page, page.locator("main button").click)

    return {
        "desk": address("/desk"),
        "desk, found": address("/desk?title=weir"),
        "desk, nothing found": address("/desk?title=xylophonist"),
        "at work": address(weir),
        "at work, a question open": address(f"{weir}?turn={ids['weir']}-t1"),
        "at work, an answer open": address(f"{weir}?turn={ids['weir']}-t2"),
        "at work, withheld": address(f"{_AT_WORK}talk"),
        "at work from right to left": address(f"{_AT_WORK}bir?turn={ids['bir']}-t2"),
        "at work in Chinese": address(f"{_AT_WORK}jiaoshi?turn={ids['jiaoshi']}-t1"),
        "at work, hostile": address(f"{_AT_WORK}hostile?turn={ids['hostile']}-t4"),
        "at work, second page": address(f"{_AT_WORK}long?page=2"),
        "history": address(f"{weir}/history"),
        "metadata": address(f"{weir}/metadata"),
        "metadata, hostile": address(f"{_AT_WORK}hostile/metadata"),
        "withhold": address(f"{weir}/withhold"),
        "withhold a turn": address(f"{weir}/withhold?turn={ids['weir']}-t2"),
        "withhold, what would go": to_be_redacted,
        "select words": address(f"{weir}/redact"),
        "select words from right to left": address(f"{_AT_WORK}bir/redact?turn={ids['bir']}-t2#{ids['bir']}-t2"),
        "select words, hostile": address(f"{_AT_WORK}hostile/redact"),
        "withdrawn": address("/desk/withdrawn"),
        "held": address("/desk/held"),
        "new file": address("/desk/new"),
        "new file, understood": send("/desk/new", HOSTILE_NAME, _NEW),
        "new file, nothing understood": send("/desk/new", "empty.txt", " "),
        "another file": address(f"{weir}/file"),
        "another file, what changes": send(f"{weir}/file", "weir.txt", CORRECTED.replace("aunt", "uncle")),
        "another file, refused": send(f"{weir}/file", "weir.txt", _NEW),
        "topics": address("/desk/topics"),
        "topics of an interview": address(f"{_AT_WORK}worldnewsam-3712/topics"),
        "people": address("/desk/people"),
        "people, found": address("/desk/people?q=lee"),
        "people, compared": address("/desk/people?q=lee&like=ann-lee"),
        "person": address("/desk/people/ann-lee"),
        "person who was merged": address("/desk/people/bo-ray"),
        "two people": address("/desk/merge?keep=ann-lee&other=anne-lee"),
        "statements on people": address("/desk/statements"),
        "step that is refused": refused,
        "step from another state": stale,
        "sign in": address("/desk/sign-in"),
        "sign in, refused": no_such_key,
    }
