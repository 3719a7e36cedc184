"""Sets of categories in the file, and what is usual for a kind of service."""

import json
from collections.abc import Mapping

from app.features.time_use.model.categories import (
    GROUP_SERVICE,
    USUAL_SETS,
    Bundle,
    Category,
    CategorySet,
    LoadedSet,
    Target,
    TargetKind,
)
from app.kernel.ports import Reader, Seat, Transaction


class Categories:
    """Every version of every set."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def sets(self) -> tuple[CategorySet, ...]:
        """Return every version of every set, shipped ones first, the newest version first."""
        categories: dict[tuple[str, int], list[Category]] = {}
        for row in self._reader.execute(
            "SELECT set_code, set_version, code, label, bundle, position, words FROM category"
            " ORDER BY position"
        ):
            categories.setdefault((row[0], row[1]), []).append(Category(*row[2:]))
        rows = self._reader.execute(
            "SELECT code, version, name, note, starts_on, ends_on, groups, targets, fallback,"
            " shipped FROM category_set ORDER BY shipped DESC, code, version DESC"
        )
        return tuple(
            CategorySet(
                code=row[0],
                version=row[1],
                name=row[2],
                note=row[3],
                starts_on=row[4],
                ends_on=row[5],
                groups=tuple(Bundle(**group) for group in json.loads(row[6])),
                categories=tuple(categories.get((row[0], row[1]), ())),
                targets=tuple(
                    Target(tuple(one["groups"]), TargetKind(one["kind"]), one["percent"])
                    for one in json.loads(row[7])
                ),
                fallback=row[8],
                shipped=bool(row[9]),
            )
            for row in rows
        )

    def chosen(self, seat: Seat) -> str:
        """Return the code of the set that a person uses: the one they chose, or their role's."""
        row = self._reader.execute(
            "SELECT value FROM setting WHERE person_id = ? AND name = 'time_set'", (seat.person,)
        ).fetchone()
        return str(row[0]) if row and row[0] else USUAL_SETS[seat.role]

    def usual(self, set_code: str) -> Mapping[str, str]:
        """Return the category that is usual for each kind of service, by id or shipped code."""
        return dict(
            self._reader.execute(
                "SELECT service, category FROM usual_category WHERE set_code = ?", (set_code,)
            ).fetchall()
        )

    def services(self) -> tuple[tuple[str, str, str], ...]:
        """Return the kinds of service that are offered: id, shipped code, label."""
        rows = self._reader.execute(
            "SELECT id, code, label FROM service_kind WHERE retired = 0 ORDER BY position, id"
        )
        return tuple((row[0], row[1], row[2]) for row in rows)

    def newest(self, code: str) -> tuple[int, bool] | None:
        """Return a set's newest version and whether it was shipped, or None."""
        row = self._reader.execute(
            "SELECT version, shipped FROM category_set WHERE code = ?"
            " ORDER BY version DESC LIMIT 1",
            (code,),
        ).fetchone()
        return (int(row[0]), bool(row[1])) if row else None


class CategoriesRepo(Categories):
    """Sets of categories, inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def add(self, loaded: LoadedSet) -> None:
        """Write a version of a set, and what its file says is usual."""
        one = loaded.set
        self._tx.execute(
            "INSERT INTO category_set (code, version, name, note, starts_on, ends_on, groups,"
            " targets, fallback, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                one.code,
                one.version,
                one.name,
                one.note,
                one.starts_on,
                one.ends_on,
                _json([{"code": group.code, "label": group.label} for group in one.groups]),
                _json(
                    [
                        {"groups": list(t.groups), "kind": t.kind.value, "percent": t.percent}
                        for t in one.targets
                    ]
                ),
                one.fallback,
                self._tx.now.at,
            ),
        )
        self._tx.executemany(
            "INSERT INTO category (set_code, set_version, code, position, label, bundle, words)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (one.code, one.version, c.code, c.position, c.label, c.bundle, c.words)
                for c in one.categories
            ],
        )
        for service, category in loaded.usual.items():
            self.choose_usual(one.code, service, category)

    def choose_usual(self, set_code: str, service: str, category: str) -> None:
        """Write which category is usual for a kind of service."""
        self._tx.execute(
            "INSERT INTO usual_category (set_code, service, category) VALUES (?, ?, ?)"
            " ON CONFLICT (set_code, service) DO UPDATE SET category = excluded.category",
            (set_code, service, category),
        )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def usual_for(usual: Mapping[str, str], of: CategorySet, service_id: str, service_code: str) -> str:
    """Return the category a session of this service is put under when nothing else is said."""
    for key in (service_id, service_code or GROUP_SERVICE):
        found = usual.get(key, "")
        if found and of.category(found) is not None:
            return found
    return of.fallback
