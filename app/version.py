"""Which version of Quoth this is, as pyproject.toml states it."""

from importlib import metadata


def version() -> str:
    """Return the version of the installed package; `unknown` in a copy of the code that is not installed."""
    try:
        return metadata.version("quoth")
    except metadata.PackageNotFoundError:
        return "unknown"
