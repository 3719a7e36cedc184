"""A page that is read again costs no planning: the engine keeps each statement as it was planned."""

from collections.abc import Callable

import pytest

from app.bootstrap import Desk
from app.features.caseload.model import StudentFilter
from app.features.consents.repo import Narrowing
from vaults import new_desk

READS: dict[str, Callable[[Desk], object]] = {
    "caseload": lambda desk: desk.caseload.page(StudentFilter()),
    "consents": lambda desk: desk.consents.page(Narrowing()),
    "lapsing consents": lambda desk: desk.consents.lapsing(),
    "requests": lambda desk: desk.requests.near(),
    "screenings": lambda desk: desk.screening.screenings(),
    "notes": lambda desk: desk.sessions.notes(),
    "groups": lambda desk: desk.groups.groups(),
    "concerns": lambda desk: desk.collaboration.today(),
    "goals": lambda desk: desk.progress.board(),
    "services owed": lambda desk: desk.services.minutes.look(),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return new_desk(tmp_path_factory.mktemp("planned"))


@pytest.mark.parametrize("name", READS)
def test_a_page_that_is_read_again_is_not_planned_again(
    desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _time in range(2):
        READS[name](desk)
    guarded = desk.records._guarded
    assert guarded is not None
    asked: list[object] = []
    allowed = guarded._may

    def counted(*about: object) -> int:
        asked.append(about)
        return allowed(*about)

    monkeypatch.setattr(guarded, "_may", counted)
    READS[name](desk)
    assert asked == []
