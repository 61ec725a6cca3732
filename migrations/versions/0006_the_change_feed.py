"""Each item at its newest change, and the server that a mirror follows."""

import datetime

import sqlalchemy as sa
from alembic import op

# As in the models: text ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REVISION = sa.table(
    "revision", sa.column("number", sa.Integer), sa.column("made_at", sa.DateTime(timezone=True)), sa.column("reason")
)
_CHANGE = sa.table("change", *(sa.column(name) for name in ("revision", "item_id", "noun", "action")))
_SLUGGED = ("interview", "speaker", "topic")


def upgrade() -> None:
    op.add_column("change", sa.Column("superseded_by", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE change SET superseded_by = (SELECT MIN(later.revision) FROM change AS later "
        "WHERE later.item_id = change.item_id AND later.noun = change.noun AND later.revision > change.revision)"
    )
    op.create_table(
        "mirror",
        sa.Column("origin", EXACT, nullable=False),
        sa.Column("cursor", EXACT, nullable=False),
        sa.PrimaryKeyConstraint("origin", name="pk_mirror"),
    )
    # A name in use was a former name too where it was given to another item since.
    for noun in _SLUGGED:
        op.execute(f"DELETE FROM former_name WHERE noun = '{noun}' AND name IN (SELECT slug FROM {noun})")  # noqa: S608 - words of this page
    _record_speakers_taken_out()
    op.create_index(
        "ix_change_revision_item_id",
        "change",
        ["revision", "item_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )


def _record_speakers_taken_out() -> None:
    """Speakers who were forgotten left a name behind, and no change: the feed would not tell of them."""
    connection = op.get_bind()
    gone = (
        connection.execute(
            sa.text(
                "SELECT DISTINCT item_id FROM former_name WHERE noun = 'speaker' "
                "AND item_id NOT IN (SELECT id FROM speaker) ORDER BY item_id"
            )
        )
        .scalars()
        .all()
    )
    if not gone:
        return
    last = connection.execute(sa.text("SELECT MAX(number) FROM revision")).scalar()
    number = int(last or 0) + 1
    now = datetime.datetime.now(datetime.UTC)
    connection.execute(sa.insert(_REVISION).values(number=number, made_at=now, reason="speakers taken out earlier"))
    rows = [{"revision": number, "item_id": item, "noun": "speaker", "action": "deleted"} for item in gone]
    connection.execute(sa.insert(_CHANGE), rows)


def downgrade() -> None:
    op.drop_index("ix_change_revision_item_id", "change")
    op.drop_table("mirror")
    op.drop_column("change", "superseded_by")
