"""The district in the file of the vault."""

from app.features.district.model import LeftDistrict, LoadedFile
from app.kernel.ids import PersonId
from app.store.book import Book, Keeper, looked_over

_CURRENT = (
    "t.row = (SELECT max(row) FROM district_file) AND NOT EXISTS"
    " (SELECT 1 FROM district_left l WHERE l.file_id = t.id)"
)


class DistrictBook(Book):
    """The room's records, for reading."""

    frozen = {LoadedFile: "district_file", LeftDistrict: "district_left"}

    def current(self) -> LoadedFile | None:
        """Return the file that counts: the newest, unless its district was left."""
        found = self.where(LoadedFile, _CURRENT)
        return found[0] if found else None

    def current_sha256(self) -> str:
        """Return the SHA-256 of the file that counts, without reading it; empty for none."""
        row = self.reader.execute(
            f"SELECT t.sha256 FROM district_file t WHERE {_CURRENT}"
        ).fetchone()
        return row[0] if row else ""

    def highest(self, district: str) -> tuple[int, str]:
        """Return the highest serial ever taken of a district, and its file's SHA-256."""
        found = self.where(
            LoadedFile, "t.district = ? ORDER BY t.serial DESC, t.row DESC LIMIT 1", (district,)
        )
        return (found[0].serial, found[0].sha256) if found else (0, "")

    def since_joined(self, district: str) -> list[LoadedFile]:
        """Return a district's files since it was joined last, the newest first."""
        return self.where(
            LoadedFile,
            "t.district = ? AND t.row > (SELECT coalesce(max(f.row), 0) FROM district_file f"
            " JOIN district_left l ON l.file_id = f.id) ORDER BY t.row DESC",
            (district,),
        )

    def schools_of(self, person: PersonId) -> tuple[str, ...]:
        """Return the names of the schools a person works in, in their order."""
        rows = self.reader.execute(
            "SELECT s.name FROM person_school p JOIN school s ON s.id = p.school_id"
            " WHERE p.person_id = ? ORDER BY p.position, s.name",
            (person,),
        )
        return tuple(name for (name,) in rows)


class DistrictKeeper(DistrictBook, Keeper):
    """The room's records within one command."""


frozen_district = looked_over(DistrictBook)
"""Counts the room's frozen rows and finds those that no command wrote."""
