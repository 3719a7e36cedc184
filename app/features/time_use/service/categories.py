"""Sets of categories: which there are, which counts, a district's own."""

from dataclasses import dataclass
from pathlib import Path

from app.features.time_use.commands import ChooseUsual, LoadCategories
from app.features.time_use.model.categories import (
    LARGEST_FILE,
    Category,
    CategorySet,
    in_force,
    read_set,
)
from app.features.time_use.repo.categories import Categories, CategoriesRepo, usual_for
from app.features.time_use.service.room import Room
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class UsualLine:
    """A kind of service, and the category that is usual for it."""

    service_id: str
    service_code: str
    label: str
    category: Category


@dataclass(frozen=True, slots=True)
class SetSheet:
    """The set in force, and what is usual in it."""

    set: CategorySet
    usual: tuple[UsualLine, ...]


class CategoriesService:
    """Versioned sets of categories."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def sets(self) -> tuple[CategorySet, ...]:
        """Return every version of every set."""
        with self._room.read() as reader:
            return self._room.sets(reader)

    def chosen(self) -> str:
        """Return the code of the set that whoever is at the desk uses."""
        with self._room.read() as reader:
            return Categories(reader).chosen(self._room.seat)

    def current(self, day: str = "") -> CategorySet:
        """Return the set that counts today, or on another day."""
        with self._room.read() as reader:
            return self._room.set_on(reader, day or self._room.now().day().isoformat())

    def sheet(self) -> SetSheet:
        """Return the set that counts today with what is usual for each kind of service."""
        with self._room.read() as reader:
            categories = Categories(reader)
            day = self._room.now().day().isoformat()
            of = in_force(self._room.sets(reader), categories.chosen(self._room.seat), day)
            usual = categories.usual(of.code)
            lines = []
            for service_id, code, label in categories.services():
                found = of.category(usual_for(usual, of, service_id, code))
                if found is not None:
                    lines.append(UsualLine(service_id, code, label, found))
        return SetSheet(of, tuple(lines))

    def offered(self, service_id: str) -> tuple[tuple[str, str], ...]:
        """Return the categories of a session, code and label: the usual one of its service first.

        Nothing where whoever is at the desk keeps no time.
        """
        if not self._room.is_open():
            return ()
        sheet = self.sheet()
        usual = next((line for line in sheet.usual if line.service_id == service_id), None)
        first = usual.category.code if usual else sheet.set.fallback
        chosen = sorted(sheet.set.categories, key=lambda one: (one.code != first, one.position))
        return tuple((one.code, sheet.set.said(one.label)) for one in chosen)

    def load(self, command: LoadCategories) -> Changed:
        """Take a version of a district's own set whole, or refuse its first mistake.

        `made` is the set's code. What was entered before stays under the version it had.
        """
        if len(command.text.encode("utf-8", "replace")) > LARGEST_FILE:
            raise Refused("categories-large", "file", most=LARGEST_FILE // 1000)
        loaded = read_set(command.text)
        with self._room.begin() as tx:
            repo = CategoriesRepo(tx)
            newest = repo.newest(loaded.set.code)
            if newest is not None:
                version, shipped = newest
                if shipped:
                    raise Refused("categories-shipped", "file", name=loaded.set.code)
                if loaded.set.version <= version:
                    raise Refused("categories-version", "file", version=version)
            repo.add(loaded)
            tx.journal(
                "LoadCategories",
                "category_set",
                loaded.set.code,
                {"version": newest[0]} if newest else None,
                {
                    "version": loaded.set.version,
                    "name": loaded.set.name,
                    "categories": [one.code for one in loaded.set.categories],
                },
            )
        self._room.forget_sets()
        return Changed.only(Kind.TIME, Kind.SETTING, made=loaded.set.code)

    def choose_usual(self, command: ChooseUsual) -> Changed:
        """Say which category is usual for a kind of service; entries that stand keep theirs."""
        with self._room.writing() as tx:
            repo = CategoriesRepo(tx)
            versions = [one for one in repo.sets() if one.code == command.set_code]
            if not versions or versions[0].category(command.category) is None:
                raise Refused("category-unknown", "category")
            before = repo.usual(command.set_code).get(command.service_id, "")
            repo.choose_usual(command.set_code, command.service_id, command.category)
            tx.journal(
                "ChooseUsual",
                "service_kind",
                command.service_id,
                {"set": command.set_code, "category": before},
                {"set": command.set_code, "category": command.category},
            )
        return Changed.only(Kind.TIME, Kind.SETTING)


def set_text(path: Path) -> str:
    """Return the text of a set's file; refuse one that cannot be read, or is far too large."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Refused("file-unreadable", "file", path=str(path), reason=reason) from None
    if len(data) > LARGEST_FILE:
        raise Refused("categories-large", "file", most=LARGEST_FILE // 1000)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("file-unreadable", "file", path=str(path), reason="not UTF-8") from None
