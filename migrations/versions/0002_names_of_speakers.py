"""What finds and sorts speakers: their names in Latin letters, the words of these, and the number of answers."""

import json
import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op
from anyascii import anyascii

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Text is compared and ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
# Speakers that are read and written at a time.
AT_A_TIME = 1000


def upgrade() -> None:
    entries = op.create_table(
        "speaker_entry",
        sa.Column("speaker_id", EXACT, nullable=False),
        sa.Column("name", EXACT, nullable=False),
        sa.Column("unnamed", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("speaker_id", name="pk_speaker_entry"),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], "fk_speaker_entry_speaker_id_speaker", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_speaker_entry_name_speaker_id", "speaker_entry", ["name", "speaker_id"])
    op.create_index("ix_speaker_entry_unnamed_name_speaker_id", "speaker_entry", ["unnamed", "name", "speaker_id"])
    op.create_index("ix_speaker_entry_answers_speaker_id", "speaker_entry", ["answers", "speaker_id"])
    words = op.create_table(
        "speaker_word",
        sa.Column("word", EXACT, nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("speaker_id", EXACT, nullable=False),
        sa.PrimaryKeyConstraint("word", "whole", "speaker_id", name="pk_speaker_word"),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], "fk_speaker_word_speaker_id_speaker", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_speaker_word_speaker_id", "speaker_word", ["speaker_id"])
    _fill(op.get_bind(), entries, words)


def downgrade() -> None:
    op.drop_table("speaker_word")
    op.drop_table("speaker_entry")


def _fill(connection: sa.Connection, entries: sa.Table, words: sa.Table) -> None:
    speakers = connection.execute(
        sa.text(
            "SELECT id, name, aliases, (SELECT count(*) FROM answer WHERE answer.speaker_id = speaker.id) AS answers "
            "FROM speaker ORDER BY id"
        )
    ).all()
    for first in range(0, len(speakers), AT_A_TIME):
        some = speakers[first : first + AT_A_TIME]
        connection.execute(
            sa.insert(entries),
            [
                {
                    "speaker_id": row.id,
                    "name": " ".join(_words(row.name or "")),
                    "unnamed": row.name is None,
                    "answers": row.answers,
                }
                for row in some
            ],
        )
        rows = [{"word": word, "whole": whole, "speaker_id": row.id} for row in some for word, whole in _forms(row)]
        if rows:
            connection.execute(sa.insert(words), rows)


def _forms(row: Any) -> list[tuple[str, bool]]:
    aliases = json.loads(row.aliases) if isinstance(row.aliases, str) else row.aliases
    names = [words for name in (row.name, *aliases) if name and (words := _words(name))]
    return sorted({(" ".join(words), True) for words in names} | {(word, False) for words in names for word in words})


def _words(name: str) -> list[str]:
    latin = re.sub("['`\"]", "", anyascii(unicodedata.normalize("NFC", name)).lower())
    return [word[:60] for word in re.findall("[a-z0-9]+", latin)[:12]]
