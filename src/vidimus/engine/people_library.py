"""The library of known people: who may be named, and whose wish not to be is kept.

It is a collection that vidimus keeps for itself: one user for each person, with the faces of that
person's photographs. Every change is made together with its row of the ledger, or not at all.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from vidimus.accountability.ledger import Receipt
from vidimus.engine.caller import Caller
from vidimus.engine.record import Act, Details, Recorder
from vidimus.errors import ResourceNotFound
from vidimus.gallery.gallery import Candidate, EnrolledFace, Gallery, NewFace
from vidimus.gallery.gallery import Collection as FaceCollection
from vidimus.storage import known_people as people_rows
from vidimus.storage import users as user_rows
from vidimus.storage.collections import RESERVED
from vidimus.storage.database import Database, Transaction
from vidimus.storage.enrolled import Embedding
from vidimus.storage.known_people import KnownPerson
from vidimus.vision.capability import Capability

LIBRARY = f"{RESERVED}known-people"
"""The id of the library's collection, which no request of the API can name."""

ANY_SCORE = float("-inf")
"""Faces of one person need not be alike: the source says whose they are."""


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person as it will be, with `new` faces more and those of the ids `gone` less."""

    person: KnownPerson
    new: tuple[NewFace, ...]
    gone: tuple[str, ...]


class PeopleLibrary:
    """Reads and changes the library; needs no network."""

    def __init__(
        self,
        database: Database,
        gallery: Gallery,
        recorder: Recorder,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._gallery = gallery
        self._recorder = recorder
        self._clock = clock

    def find(self) -> FaceCollection | None:
        """Return the library's collection; None before anybody was imported."""
        try:
            return self._gallery.describe_collection(LIBRARY)
        except ResourceNotFound:
            return None

    def list_people(self) -> list[KnownPerson]:
        """Return everybody, in order of their names."""
        collection = self.find()
        if collection is None:
            return []
        with self._database.reading() as tx:
            return people_rows.list_people(tx, collection.key)

    def find_people(self, person_ids: Collection[str]) -> dict[str, KnownPerson]:
        """Return those of the people that there are, by id."""
        collection = self.find()
        if collection is None:
            return {}
        with self._database.reading() as tx:
            return people_rows.find_people(tx, collection.key, person_ids)

    def describe_person(self, person_id: str) -> KnownPerson:
        """Return one person; raises ResourceNotFound."""
        found = self.find_people([person_id]).get(person_id)
        if found is None:
            raise ResourceNotFound(f"Id: there is no known person {person_id}")
        return found

    def search(self, probe: Embedding, *, limit: int, min_score: float) -> list[Candidate]:
        """Return at most `limit` faces that score at least `min_score` with `probe` (d,).

        Best first; each face's `user_id` is the person's id. None where there is no library.
        """
        try:
            return self._gallery.search_faces(LIBRARY, probe, limit=limit, min_score=min_score)
        except ResourceNotFound:
            return []

    def faces_of(self, person_id: str) -> tuple[EnrolledFace, ...]:
        """Return the faces of a person; none where there is no such person."""
        try:
            page = self._gallery.list_faces(LIBRARY, user_id=person_id, after_key=None, limit=4096)
        except ResourceNotFound:
            return ()
        return page.items

    def removals(self) -> dict[str, datetime]:
        """Return when each person who is not to come back was removed, by id."""
        with self._database.reading() as tx:
            return people_rows.read_removals(tx)

    def put_person(self, change: PersonChange, act: Act, caller: Caller | None) -> Receipt:
        """Make a person what `change` says, and record it as `act`.

        The first person makes the library, pinned to the act's face model.
        """
        person, gone = change.person, change.gone
        with self._database.writing() as tx:
            collection = self.find() or self._gallery.create_collection(
                tx, LIBRARY, act.model_version
            )
            user = user_rows.find_user(tx, collection.key, person.person_id)
            user = user or self._gallery.create_user(tx, LIBRARY, person.person_id)
            people_rows.put_person(tx, user.key, person)
            self._gallery.enroll(tx, LIBRARY, change.new)
            self._gallery.disassociate(tx, LIBRARY, person.person_id, gone)
            self._gallery.delete_faces(tx, LIBRARY, gone)
            joining = [face.face_id for face in change.new]
            self._gallery.associate(tx, LIBRARY, person.person_id, joining, ANY_SCORE)
            return self._recorder.record(tx, act, caller)

    def remove_person(self, person_id: str, *, caller: Caller | None = None) -> Receipt:
        """Erase a person: name, urls, gender and faces; raises ResourceNotFound.

        Only the id is kept, so that the next import does not bring the person back. The ledger
        says which faces are gone; it never had a name.
        """
        with self._database.writing() as tx:
            self.describe_person(person_id)
            gone = [face.face_id for face in self.faces_of(person_id)]
            self._gallery.delete_user(tx, LIBRARY, person_id)
            self._gallery.delete_faces(tx, LIBRARY, gone)
            people_rows.note_removal(tx, person_id, self._clock())
            details = {"person_id": person_id, "faces": " ".join(gone)}
            return self._record_change(tx, "RemoveKnownPerson", details, caller)

    def readmit_person(self, person_id: str, *, caller: Caller | None = None) -> Receipt:
        """Let imports bring a removed person back; raises ResourceNotFound."""
        with self._database.writing() as tx:
            if not people_rows.forget_removal(tx, person_id):
                raise ResourceNotFound(f"nobody with the id {person_id} was removed")
            return self._record_change(tx, "ReadmitKnownPerson", {"person_id": person_id}, caller)

    def clear(self, *, caller: Caller | None = None) -> Receipt | None:
        """Erase everybody, so that the library can be made anew; None where there is none.

        Who was removed stays removed.
        """
        with self._database.writing() as tx:
            collection = self.find()
            if collection is None:
                return None
            details = {"people": collection.user_count, "faces": collection.face_count}
            receipt = self._record_change(tx, "ClearKnownPeople", details, caller)
            self._gallery.delete_collection(tx, LIBRARY)
            return receipt

    def capability(self) -> Capability:
        """Say whether known faces can be named here, or what to do for it."""
        collection = self.find()
        if collection is None or not collection.face_count:
            hint = "nobody is known: run `vidimus celebrities import FOLDER people.csv`"
            return Capability("known people", (), hint)
        told = f"{collection.user_count} people by face model {collection.embedder_version}"
        return Capability("known people", (told,), "")

    def record(self, act: Act, caller: Caller | None) -> Receipt:
        """Record what changed nothing: a search."""
        with self._database.writing() as tx:
            return self._recorder.record(tx, act, caller)

    def _record_change(
        self, tx: Transaction, operation: str, details: Details, caller: Caller | None
    ) -> Receipt:
        collection = self.find()
        version = "" if collection is None else collection.embedder_version
        return self._recorder.record(tx, Act(operation, version, LIBRARY, details), caller)
