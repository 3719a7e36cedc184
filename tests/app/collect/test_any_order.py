"""A sync program fills a share in any order: in the end the tables are the same."""

import random
from pathlib import Path
from typing import Any

import pytest

from collecting import collect, held, sqlite
from desks import District, Shelf, SyntheticDesk, new_place


def laid(district: District) -> Shelf:
    place = Shelf()
    new_place(place)
    for seed in range(3):
        desk = SyntheticDesk(district, seed)
        desk.lay(place, desk.enrolment())
        for month in ("2026-01", "2026-02", "2026-03"):
            desk.lay(place, desk.services(month, schools=1))
        desk.lay(place, desk.services("2026-02", 3, schools=1), desk.sealed_badly())
        desk.lay(place, desk.services("2026-02", 2, schools=1))
    return place


def rows(tmp_path: Path, name: str, district: District, *views: Shelf) -> tuple[Any, list[str]]:
    """Collect from each view of a place in turn; return the tables, and what was told in the end."""
    engine = sqlite(tmp_path, name)
    told: list[str] = []
    for view in views:
        told = [finding.code for finding in collect(view, engine, district).findings]
    found = held(engine)
    # Which of two manifests came first shows in one table alone: when it was taken, and answered.
    del found["manifest"]
    engine.close()
    return found, told


@pytest.mark.parametrize("seed", range(4))
def test_files_that_arrive_in_any_order_end_at_the_same_tables(tmp_path: Path, seed: int) -> None:
    district = District()
    whole = laid(district)
    dice = random.Random(seed)
    names = [path for path in whole.held if path != "target.json"]
    dice.shuffle(names)
    cuts = sorted(dice.sample(range(len(names)), 4))
    views = []
    for cut in (*cuts, len(names)):
        view = Shelf()
        view.put("target.json", whole.held["target.json"])
        for path in names[:cut]:
            data = whole.held[path]
            # Some are half there when they are read.
            torn = cut < len(names) and dice.random() < 0.1
            view.put(path, data[: len(data) // 2] if torn else data)
        views.append(view)
    at_once = Shelf()
    at_once.held = dict(whole.held)
    expected, _told = rows(tmp_path, "whole.db", district, at_once)
    found, told = rows(tmp_path, "parts.db", district, *views, views[-1])
    assert found == expected
    assert told == []
