"""The command `quoth openapi`: the description of the API for programs."""

from app.cli.terminal import exit_on_error, print_json
from app.settings import read_settings


def openapi() -> None:
    """Print the OpenAPI document as JSON, for generating clients."""
    # The other commands start faster without the API.
    from app.main import create_app

    with exit_on_error():
        print_json(create_app(read_settings()).openapi())
