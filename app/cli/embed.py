"""The command `quoth embed`: what was said, as vectors for ranking by meaning."""

from app.cli.options import AsJson
from app.cli.terminal import open_database, print_json, progress_bar, say
from app.db import Database
from app.errors import SettingsError
from app.loading.vectors import Embedded, count_documents, embed_documents
from app.settings import read_settings
from app.text.meaning import MeaningModel, open_model


def embed(as_json: AsJson = False) -> None:
    """Make the vectors that ranking by meaning needs; what has one of the same text and model is left alone.

    QUOTH_SEMANTIC_MODEL names the model. A run that was stopped goes on where it was.
    """
    with open_database() as database:
        settings = read_settings()
        model = open_model(settings.semantic_model, settings.semantic_languages)
        if model is None:
            raise SettingsError("QUOTH_SEMANTIC_MODEL", "it names no model; write minilm, or the folder of one")
        embedded = _embed(database, model)
    if as_json:
        print_json(embedded._asdict())
    else:
        _print(embedded)


def embed_loaded(database: Database, model: MeaningModel | None, *, quiet: bool) -> None:
    """Make the vectors of what was loaded, where ranking by meaning is on."""
    if model is not None:
        embedded = _embed(database, model, only_missing=True)
        if embedded.made and not quiet:
            _print(embedded)


def embed_changed(database: Database, *, quiet: bool = False) -> None:
    """Make the vectors of what was changed, where ranking by meaning is on and its model is installed here."""
    settings = read_settings()
    try:
        model = open_model(settings.semantic_model, settings.semantic_languages)
    except SettingsError as error:
        if not quiet:
            say(f"no vectors were made of what was changed: {error}")
        return
    embed_loaded(database, model, quiet=quiet)


def _embed(database: Database, model: MeaningModel, *, only_missing: bool = False) -> Embedded:
    with progress_bar() as bar:
        task = bar.add_task("meaning", total=count_documents(database))
        return embed_documents(database, model, lambda count: bar.advance(task, count), only_missing=only_missing)


def _print(embedded: Embedded) -> None:
    unknown = f"; {embedded.other_languages} are in languages that the model does not know"
    say(f"{embedded.made} vectors made{unknown if embedded.other_languages else ''}")
