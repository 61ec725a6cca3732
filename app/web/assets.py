"""Style sheet, icon, scripts and logo: read once, served at an address that has their digest, so that they never change
there and browsers need not ask again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path
from xml.sax.saxutils import quoteattr

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.api.http.caching import UNCHANGING
from app.errors import SettingsError
from app.settings import Settings
from app.web import colours

_FOLDER = Path(__file__).parent / "assets"
_DIGEST_CHARACTERS = 12
# What a logo may be: browsers show each of these as an image, in which nothing runs.
_IMAGES = (".svg", ".png", ".webp", ".avif", ".jpg", ".jpeg", ".gif")
_LARGEST_LOGO_BYTES = 512 * 1024
_ICON = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill={colour}/>
<g fill={ink}>
<path d="M6 22v-6c0-4 2-7 6-8l1 2c-2 1-3 2.500-3 4.500h4V22z"/>
<path d="M18 22v-6c0-4 2-7 6-8l1 2c-2 1-3 2.500-3 4.500h4V22z"/>
</g>
</svg>
"""
# An image that is opened by itself may not run anything either.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    name: str
    content: bytes
    media_type: str


def read_assets(settings: Settings) -> Mapping[str, Asset]:
    """Return every asset by the name that templates give it; the logo is there where one is set.

    Raises:
        SettingsError: the logo cannot be read.
    """
    files = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir())}
    files["style.css"] = colours.variables(settings.colour).encode() + files["style.css"]
    files["icon.svg"] = icon(settings.colour)
    assets = {name: _asset(name, content) for name, content in files.items()}
    if settings.logo:
        assets["logo"] = _logo(settings.logo)
    return assets


def icon(colour: str) -> bytes:
    """Draw the icon of the site: quotation marks on its colour."""
    ink = colours.best_ink(colour)
    return _ICON.format(colour=quoteattr(colour), ink=quoteattr(ink)).encode()


def _asset(name: str, content: bytes) -> Asset:
    stem, suffix = Path(name).stem, Path(name).suffix
    digest = hashlib.sha256(content).hexdigest()[:_DIGEST_CHARACTERS]
    return Asset(f"{stem}.{digest}{suffix}", content, guess_type(f"x{suffix}")[0] or "application/octet-stream")


def _logo(file: str) -> Asset:
    path = Path(file)
    if path.suffix.lower() not in _IMAGES:
        raise SettingsError("QUOTH_LOGO", f"{file} is no image; take one of {', '.join(_IMAGES)}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError("QUOTH_LOGO", f"{file} cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST_LOGO_BYTES:
        raise SettingsError("QUOTH_LOGO", f"{file} has {len(content)} bytes; take at most {_LARGEST_LOGO_BYTES}")
    return _asset(f"logo{path.suffix.lower()}", content)


def install(app: FastAPI) -> None:
    """Serve the assets of the site."""
    by_name = {asset.name: asset for asset in app.state.site.assets.values()}

    async def serve(name: str, _request: Request) -> Response:
        if name not in by_name:
            raise HTTPException(404)
        headers = {"Cache-Control": UNCHANGING, "Content-Security-Policy": _POLICY}
        return Response(by_name[name].content, media_type=by_name[name].media_type, headers=headers)

    app.add_api_route("/assets/{name}", serve, include_in_schema=False)
