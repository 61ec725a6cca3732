"""Finds addresses on a line of their own, and removes their tracking parameters."""

import re
from urllib.parse import unquote_plus, urlsplit, urlunsplit

# Parameters that name a campaign, a click or a reader, but no page.
_TRACKING = re.compile(
    r"(?:utm_.+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|igsh|mc_cid|mc_eid"
    r"|mkt_tok|_hsenc|_hsmi|vero_id|oly_anon_id|oly_enc_id|s_cid|ncid|cmpid|ref_src|ref_url|_ga|_gl|spm|at_medium"
    r"|at_campaign)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"<?(https?://[^\s<>\"]+)>?", re.IGNORECASE)


def address_on_its_own(line: str) -> str | None:
    """Return the http(s) address that a line consists of, or None."""
    match = _ADDRESS.fullmatch(line.strip())
    return match.group(1) if match else None


def canonical(address: str) -> str:
    """Remove tracking parameters and lower-case scheme and host; keep everything else as printed.

    Raises:
        ValueError: this is no http or https address.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise ValueError("write an address that starts with http:// or https://")
    pairs = parts.query.split("&")
    query = "&".join(pair for pair in pairs if not _TRACKING.fullmatch(unquote_plus(pair.partition("=")[0])))
    login, at, host = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme.lower(), f"{login}{at}{host.lower()}", parts.path, query, parts.fragment))
