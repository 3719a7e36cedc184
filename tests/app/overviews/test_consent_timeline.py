"""Consents on the timeline: as they were signed, and what ended them, to those who see them."""

from pathlib import Path

from app.features.consents.commands import CorrectConsent, RevokeConsent, TakeBackEnd
from app.kernel.ids import new_id
from app.kernel.nouns import Role
from app.kernel.releases import ConsentKind
from app.overviews.timeline import Happening, TimelineKind
from consents_desk import ConsentsDesk
from shared_desk import seated, someone


def test_a_consent_and_its_end_stand_on_the_timeline(tmp_path: Path) -> None:
    desk = ConsentsDesk(tmp_path)
    try:
        release, part2 = desk.record(), desk.record(ConsentKind.PART2)
        wrong = desk.record(ConsentKind.SERVICES)
        right = desk.consents.correct(
            CorrectConsent(
                new_id(), wrong, desk.form(ConsentKind.SERVICES, description="A group"), "It is"
            )
        ).made
        end = desk.consents.revoke(RevokeConsent(release, "Rosa Ocampo", "In a letter")).made
        mistake = desk.consents.revoke(RevokeConsent(right, "Rosa Ocampo", "In a letter")).made
        desk.consents.take_back(TakeBackEnd(mistake, "It was the other one"))

        def found() -> list[tuple[Happening, str]]:
            rows, _count = desk.desk.timeline.page(desk.pupil, [TimelineKind.CONSENT])
            return [(row.what, row.id) for row in rows]

        signed = Happening.CONSENT
        assert found() == [
            (Happening.CONSENT_OVER, end), (signed, right), (signed, part2), (signed, release),
        ]  # fmt: skip
        rows, _count = desk.desk.timeline.page(desk.pupil, [TimelineKind.CONSENT])
        assert rows[0].facts["said_by"] == "Rosa Ocampo"
        assert (rows[3].facts["over"], rows[3].facts["recipient"]) == (1, "Harbor Family Clinic")
        with seated(desk.desk, someone(desk.desk, Role.NURSE)):
            assert found() == [(Happening.CONSENT_OVER, end), (signed, release)]
    finally:
        desk.desk.close()
