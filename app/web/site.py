"""What all pages of a server share: templates, texts, assets, the name of the site, and how a page is answered."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import URL
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from app.queries.filters.grammar import escape
from app.settings import Settings
from app.structure.pairing import Role
from app.web.assets import read_assets
from app.web.texts import english

_TEMPLATES = Path(__file__).parent / "templates"
# Nothing from elsewhere, and nothing written into the page: styles, scripts and images are files of this server.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ANSWER = re.compile(r"[0-9a-z]+-a[0-9]+", re.ASCII)
_MS_A_SECOND, _SECONDS_A_MINUTE, _MINUTES_AN_HOUR = 1000, 60, 60


class Site:
    """The pages' side of an application.

    `base` is the public address of the server or empty, and `root` its path: what links within the site begin with, so
    that pages work under whatever host they are reached.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.title = settings.title
        self.base = settings.public_url
        self.root = urlsplit(settings.public_url).path
        self.texts = english()
        self.assets = read_assets(settings)
        self.environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.environment.globals |= {
            "site": self,
            "t": self.texts,
            "root": self.root,
            "asset": self.asset,
            "number": self.texts.number,
            "date": self.texts.date,
            "day": self.texts.day,
            "moment": self.texts.moment,
            "language_name": self.texts.name_of,
            "direction_of": self.texts.direction_of,
            "clock": clock,
            "called": self.called,
        }
        self.environment.filters |= {"in_address": in_address, "as_value": escape}
        self.environment.tests["web_address"] = is_web_address

    def asset(self, name: str) -> str:
        """Return the address of an asset by its name, such as `style.css`."""
        return f"{self.root}/assets/{self.assets[name].name}"

    def here(self, address: str) -> str:
        """Return an address of this server, which may begin with its public address, as a link within the site."""
        return self.root + address.removeprefix(self.base)

    def item(self, item_id: str) -> str:
        """Return the page of a question or an answer, whose id says which of the two it is."""
        return f"{self.root}/{'answers' if _ANSWER.fullmatch(item_id) else 'questions'}/{item_id}"

    def called(self, person: Mapping[str, Any]) -> str:
        """Return what somebody is called: by name or, where the source states none, by role."""
        if person["name"]:
            return str(person["name"])
        role = person["role"] if "role" in person else next((one["role"] for one in person["roles"]), Role.UNKNOWN)
        return self.texts(f"unnamed-{Role(role).value}")

    def render(self, template: str, scope: Scope, **values: Any) -> str:
        """Render a page. `path` is that of the request; `canonical` is its one address, where that is another."""
        return self.environment.get_template(template).render(path=scope["path"], **values)


def site_of(request: Request) -> Site:
    """Return the site of the application that a request is for."""
    site: Site = request.app.state.site
    return site


def page(request: Request, template: str, *, status: int = 200, policy: str = POLICY, **values: Any) -> Response:
    """Answer a request with a page: `app/web/templates/TEMPLATE`, which extends `layout.html`, with these values."""
    body = site_of(request).render(template, request.scope, **values)
    return HTMLResponse(body, status_code=status, headers={"Content-Security-Policy": policy})


def clock(milliseconds: int) -> str:
    """Write a time from the start of a recording, such as 0:07 or 1:02:03."""
    seconds = milliseconds // _MS_A_SECOND
    minutes, seconds = divmod(seconds, _SECONDS_A_MINUTE)
    hours, minutes = divmod(minutes, _MINUTES_AN_HOUR)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def is_web_address(text: str) -> bool:
    """Whether a text is an address that a link may lead to."""
    return text.startswith(("https://", "http://"))


def in_address(text: str) -> str:
    """Encode text as one segment or one value of an address."""
    return quote(text, safe="")


def absolute(request: Request, url: URL | None = None) -> str:
    """Return the address of a request as others see it, or its path where no public address is set."""
    url = url or request.url
    query = f"?{url.query}" if url.query else ""
    return f"{request.app.state.settings.public_url}{quote(url.path, safe='/:@')}{query}"
