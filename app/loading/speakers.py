"""Stores the speakers of one interview: known from its past revision or from other interviews, new, renamed or gone.

The number of statements grows with hundreds of people, not with each.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlmodel import col

from app.loading.as_read import READ_AS, PersonAsRead, chunks, people_as_read, people_named, read_as_any
from app.loading.history import reclaim_names, retire_name
from app.loading.id_counter import IdCounter
from app.loading.merging import compose
from app.loading.same_person import KnownPerson, are_others, find_same, is_full_name
from app.loading.stated_names import COLUMNS, Names, stated_in, stated_only_here
from app.models import ChangeAction, Contribution, Speaker, SpeakerReading, table_of
from app.structure.pairing import Participant
from app.text.folding import fold, slugify

# Similarity (0 to 100) of two spellings of one name, at least.
_SAME_NAME = 80.0
_NOUN = "speaker"
_AFFILIATIONS: Any = (
    sa.select(READ_AS.label("id"), col(Contribution.affiliation))
    .where(read_as_any(sa.bindparam("ids", expanding=True)), col(Contribution.affiliation).is_not(None))
    .distinct()
)
_SLUGS: Any = sa.bindparam("slugs", expanding=True)
# Speakers who are merged keep their slugs, in case that is undone.
_TAKEN = sa.union_all(
    sa.select(col(Speaker.slug)).where(col(Speaker.slug).in_(_SLUGS)),
    sa.select(col(SpeakerReading.slug)).where(col(SpeakerReading.slug).in_(_SLUGS)),
)


class SpeakerWriter:
    """Writes the speakers of one interview. `before` has the contributions to the stored revision, and `stated` is what
    was stated of it; `across_series` says whether a full name means one person in all series.

    People are matched as the files tell of them, and written as those who they are by statements.
    """

    def __init__(
        self,
        connection: sa.Connection,
        interview_id: str,
        slug: str,
        series: str | None,
        before: Sequence[Any],
        stated: Mapping[str, Any],
        *,
        across_series: bool = True,
    ) -> None:
        self._across_series, self._stated = across_series, stated
        self._connection, self._interview_id, self._slug = connection, interview_id, slug
        self._series, self._before = series, before
        self._actions: dict[str, ChangeAction] = {}
        # Who is who by statements, of those whom the files tell of; and back, of those who are somebody else.
        self._speaker_ids: dict[str, str] = {row.read_id: row.speaker_id for row in before}
        self._read_as: dict[str, str] = {}

    @property
    def known_before(self) -> list[str]:
        """Those who took part in the stored revision."""
        return [row.speaker_id for row in self._before]

    @property
    def changes(self) -> list[tuple[str, str, ChangeAction, Sequence[str]]]:
        """The changes of speakers, as `history.record_changes` takes them."""
        return [(_NOUN, speaker_id, action, ()) for speaker_id, action in self._actions.items()]

    @cached_property
    def _here(self) -> Mapping[str, Names]:
        """The aliases and pages that were stated here until now of those who took part."""
        names = {row.read_id: stated_in(self._stated, row.labels) for row in self._before}
        return {read_id: stated for read_id, stated in names.items() if stated}

    def _elsewhere(self, one: PersonAsRead, column: str, now: Collection[str] = ()) -> list[str]:
        """Return the aliases or pages of somebody, without those that only this interview stated until now, and does
        not state `now`.
        """
        values: list[str] = getattr(one, column)
        if self._here.get(one.id, {}).get(column, set()) <= set(now):
            # Nothing is taken back. Others may state something of a host in thousands of interviews.
            return values
        only = stated_only_here(self._connection, self._interview_id, {one.id: self._here[one.id]})[one.id][column]
        return [value for value in values if value not in only]

    def find(self, people: Sequence[Participant], heirs: Sequence[str | None]) -> list[str | None]:
        """Find the stored speaker of each person, None for somebody new; `heirs` had most of the same turns before.

        Two who are one person by a statement stay two where both take part.
        """
        as_read = {row.speaker_id: row.read_id for row in self._before}
        ids = self._match_elsewhere(people, self._part(people, self._match_stored(people)))
        ids = self._match_renamed(people, ids, [heir and as_read.get(heir) for heir in heirs])
        found: list[str | None] = []
        for read_id in ids:
            speaker_id = self._speaker_ids[read_id] if read_id is not None else None
            if speaker_id is None or speaker_id in found:
                found.append(None)
                continue
            if read_id is not None and speaker_id != read_id:
                self._read_as[speaker_id] = read_id
            found.append(speaker_id)
        return found

    def store(self, people: Sequence[Participant], matched: Sequence[str | None], counter: IdCounter) -> list[str]:
        """Store new speakers, update those who are `matched`, and return the ids of all."""
        ids = list(matched)
        people_by_id = {
            self._read_as.get(speaker_id, speaker_id): person
            for speaker_id, person in zip(ids, people, strict=True)
            if speaker_id
        }
        merged = self._update_metadata(people_by_id) | self._rename(people_by_id)
        self._note(ChangeAction.CHANGED, compose(self._connection, merged))
        new = [place for place, speaker_id in enumerate(ids) if speaker_id is None]
        slugs = self._new_slugs([people[place] for place in new])
        rows = []
        for place, slug in zip(new, slugs, strict=True):
            person, speaker_id = people[place], counter.next()
            ids[place] = speaker_id
            stated = {"name": person.name, "aliases": list(person.aliases), "same_as": list(person.same_as)}
            rows.append({"id": speaker_id, "slug": slug, **stated})
        if rows:
            self._connection.execute(table_of(Speaker).insert(), rows)
            reclaim_names(self._connection, _NOUN, slugs)
            self._note(ChangeAction.CREATED, [str(row["id"]) for row in rows])
        return [str(speaker_id) for speaker_id in ids]

    def store_contributions(self, people: Sequence[Participant], speaker_ids: Sequence[str]) -> None:
        """Store how each person takes part."""
        rows = [
            {
                "interview_id": self._interview_id,
                "speaker_id": speaker_id,
                "position": position,
                "role": person.role,
                "role_attribution": person.role_attribution,
                "attribution": person.attribution,
                "affiliation": person.affiliation,
                "labels": person.labels,
                "same_as": list(person.same_as),
                "read_as": self._read_as.get(speaker_id),
            }
            for position, (speaker_id, person) in enumerate(zip(speaker_ids, people, strict=True), start=1)
        ]
        if rows:
            self._connection.execute(table_of(Contribution).insert(), rows)

    def delete_absent(self) -> None:
        """Delete speakers of the stored revision who take part nowhere now, such as those whose name was corrected."""
        nowhere = ~sa.exists().where(col(Contribution.speaker_id) == col(Speaker.id))
        for some in chunks([row.speaker_id for row in self._before]):
            absent = sa.select(col(Speaker.id), col(Speaker.slug)).where(col(Speaker.id).in_(some), nowhere)
            gone = self._connection.execute(absent).all()
            for row in gone:
                retire_name(self._connection, _NOUN, row.slug, row.id)
            self._note(ChangeAction.DELETED, [row.id for row in gone])
            self._connection.execute(sa.delete(Speaker).where(col(Speaker.id).in_(some), nowhere))

    def _match_stored(self, people: Sequence[Participant]) -> list[str | None]:
        """Match people with stored speakers: of the same name; or without a name, or parted from another speaker, and
        with one of the same labels.
        """
        named: dict[str, list[str]] = defaultdict(list)
        labelled: dict[str, list[str]] = defaultdict(list)
        parted: dict[str, list[str]] = defaultdict(list)
        for row in self._before:
            if row.name is not None:
                named[row.name].append(row.read_id)
            if row.is_parted or row.name is None:
                for label in row.labels:
                    (parted if row.is_parted else labelled)[label].append(row.read_id)
        taken: set[str] = set()
        ids: list[str | None] = []
        for person in people:
            candidates = [one for label in person.labels for one in parted[label]]
            candidates += (
                named[person.name]
                if person.name is not None
                else [one for label in person.labels for one in labelled[label]]
            )
            speaker_id = next((one for one in candidates if one not in taken), None)
            if speaker_id is not None:
                taken.add(speaker_id)
            ids.append(speaker_id)
        return ids

    def _part(self, people: Sequence[Participant], ids: Sequence[str | None]) -> list[str | None]:
        """Take people apart from stored speakers of other interviews if other pages are stated of them now."""
        stated = {speaker_id: person.same_as for person, speaker_id in zip(people, ids, strict=True) if speaker_id}
        asked = [speaker_id for speaker_id, same_as in stated.items() if same_as]
        known = people_as_read(self._connection, asked, beside=self._interview_id)
        others = {
            one.id
            for one in known.values()
            if one.takes_part
            and are_others(one.same_as, stated[one.id])
            and are_others(self._elsewhere(one, "same_as"), stated[one.id])
        }
        return [None if speaker_id in others else speaker_id for speaker_id in ids]

    def _match_renamed(
        self, people: Sequence[Participant], ids: Sequence[str | None], heirs: Sequence[str | None]
    ) -> list[str | None]:
        """Match people with their heirs who take part only here, if both names could be one person's.

        A quite different name is another person, to whom the turns had been attributed wrongly.
        """
        names = {row.read_id: row.name for row in self._before}
        could_be = {
            place: heir
            for place, heir in enumerate(heirs)
            if heir is not None
            and heir in names
            and heir not in ids
            and ids[place] is None
            and _may_be_same_person(names[heir], people[place].name)
        }
        known = people_as_read(self._connection, could_be.values(), beside=self._interview_id)
        renamed = {place: heir for place, heir in could_be.items() if not known[heir].takes_part}
        return [renamed.get(place, speaker_id) for place, speaker_id in enumerate(ids)]

    def _rename(self, people: dict[str, Participant]) -> set[str]:
        """Update names and slugs that changed; former slugs redirect. Names that an editor gave stay.

        The slug of who has no full name changes with that of the interview and with the role.

        Returns the speakers of whom a part changed, who are to be composed anew.
        """
        merged = set()
        for row in self._before:
            person = people.get(row.read_id)
            if person is None or row.is_named or (row.name == person.name and self._fits(row.slug, person)):
                continue
            values = {"name": person.name}
            if row.slug != self._slug_for(person):
                [slug] = self._new_slugs([person])
                values["slug"] = slug
                retire_name(self._connection, _NOUN, row.slug, row.read_id)
                reclaim_names(self._connection, _NOUN, [slug])
                if row.read_id != row.speaker_id:
                    retire_name(self._connection, _NOUN, slug, row.read_id)
            self._note(ChangeAction.CHANGED, [row.speaker_id])
            if row.is_merged:
                merged.add(row.speaker_id)
            table: Any = SpeakerReading if row.is_merged else Speaker
            self._connection.execute(sa.update(table).where(col(table.id) == row.read_id).values(**values))
        return merged

    def _match_elsewhere(self, people: Sequence[Participant], ids: list[str | None]) -> list[str | None]:
        """Match people with speakers of the same full name in other interviews, as `same_person` says."""
        names = Counter(person.name for person in people if person.name is not None and is_full_name(person.name))
        asked = {
            person.name
            for person, speaker_id in zip(people, ids, strict=True)
            if speaker_id is None and person.name in names
        }
        known = self._known_by_name(sorted(name for name in asked if name is not None))
        taken = {speaker_id for speaker_id in ids if speaker_id is not None}
        for place, person in enumerate(people):
            if ids[place] is None and person.name is not None and person.name in known:
                speaker_id = find_same(
                    known[person.name],
                    person.name,
                    person.same_as,
                    person.affiliation,
                    taken,
                    is_alone=names[person.name] == 1,
                    across_series=self._across_series,
                )
                if speaker_id is not None:
                    taken.add(speaker_id)
                    ids[place] = speaker_id
        return ids

    def _known_by_name(self, names: Sequence[str]) -> dict[str, list[KnownPerson]]:
        """Find everybody who is stored under some names, and what is stated of them."""
        known: dict[str, list[KnownPerson]] = defaultdict(list)
        for some in chunks(names):
            people: dict[str, KnownPerson] = {}
            # Of two with one name, the one who was parted from the other is the exception.
            for one in sorted(people_named(self._connection, some, self._series), key=lambda one: one.is_parted):
                self._speaker_ids[one.id] = one.speaker_id
                same_as = frozenset(self._elsewhere(one, "same_as"))
                people[one.id] = KnownPerson(one.id, same_as, is_of_series=one.takes_part)
                known[str(one.name)].append(people[one.id])
            for ids in chunks(list(people)):
                for row in self._connection.execute(_AFFILIATIONS, {"ids": ids}):
                    people[row.id].affiliations.add(row.affiliation)
        return known

    def _update_metadata(self, people: dict[str, Participant]) -> set[str]:
        """Store the aliases and links stated now. Of speakers who take part elsewhere, those stated there stay too.

        Returns the speakers of whom a part changed, who are to be composed anew.
        """
        merged = set()
        asked = people.keys() | self._here.keys()
        for one in people_as_read(self._connection, asked, beside=self._interview_id).values():
            person = people.get(one.id)
            if person is None and not one.takes_part:
                # Nobody any more, who is deleted with what was stated.
                continue
            values = {}
            for name in COLUMNS:
                now = getattr(person, name) if person else ()
                kept = self._elsewhere(one, name, now) if one.takes_part else ()
                values[name] = list(dict.fromkeys([*kept, *now]))
            if any(getattr(one, name) != value for name, value in values.items()):
                table: Any = SpeakerReading if one.is_merged else Speaker
                self._connection.execute(sa.update(table).where(col(table.id) == one.id).values(**values))
                self._note(ChangeAction.CHANGED, [one.speaker_id])
                if one.is_merged:
                    merged.add(one.speaker_id)
        return merged

    def _note(self, action: ChangeAction, speaker_ids: Sequence[str]) -> None:
        self._actions |= dict.fromkeys(speaker_ids, action)

    def _new_slugs(self, people: Sequence[Participant]) -> list[str]:
        """Return a slug for each new speaker; one that is taken gets the next free number."""
        wanted = [self._slug_for(person) for person in people]
        taken: set[str] = set()
        for some in chunks(sorted(set(wanted))):
            taken.update(self._connection.execute(_TAKEN, {"slugs": some}).scalars())
        numbers: dict[str, int] = {}
        given = []
        for slug in wanted:
            free = slug
            if slug in taken and slug not in numbers:
                numbers[slug] = 1
                taken.update(self._numbered(slug))
            while free in taken:
                numbers[slug] += 1
                free = f"{slug}-{numbers[slug]}"
            taken.add(free)
            given.append(free)
        return given

    def _numbered(self, slug: str) -> Iterator[str]:
        # A range, which the index serves: the full stop follows the hyphen in code point order.
        columns = (col(Speaker.slug), col(SpeakerReading.slug))
        between = (sa.select(one).where(one > f"{slug}-", one < f"{slug}.") for one in columns)
        return iter(self._connection.execute(sa.union_all(*between)).scalars())

    def _fits(self, slug: str, person: Participant) -> bool:
        """Whether a speaker who is stored with a slug would get it as somebody new, but for a number behind it."""
        if person.name is not None and is_full_name(person.name):
            return True
        wanted = self._slug_for(person)
        return slug == wanted or (slug.rpartition("-")[0] == wanted and slug.rpartition("-")[2].isdigit())

    def _slug_for(self, person: Participant) -> str:
        """Make a slug of a full name; for anybody else, the slug of the interview comes first."""
        if person.name is not None and is_full_name(person.name):
            return slugify(person.name, fallback="speaker")
        who = person.name or (
            person.role.value if person.role.value != "unknown" else (person.labels or ["speaker"])[0]
        )
        return f"{self._slug[:80]}-{slugify(who, fallback='speaker')[:39]}".strip("-")


def _may_be_same_person(before: str | None, now: str | None) -> bool:
    """Whether two names could be one person's: one is missing, has the other's words, or is a misspelling of it."""
    if before is None or now is None:
        return True
    shorter, longer = sorted((fold(before).split(), fold(now).split()), key=len)
    # An initial stands for a word that begins with it.
    has_words = all(
        any(word.startswith(person.rstrip(".")) for word in longer) for person in shorter if person.rstrip(".")
    )
    return has_words or fuzz.ratio(fold(before), fold(now)) >= _SAME_NAME
