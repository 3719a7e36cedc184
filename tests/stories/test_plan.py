"""From a concern to a decision, with the keyboard alone: screening, plan, points, review, tier."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.bootstrap import open_vault
from app.features.plans.model.records import Decision, Outcome
from app.kernel.clock import SystemClock
from app.kernel.ids import DeviceId, StudentId, new_id
from app.kernel.measures import Proposal
from app.overviews.timeline import Happening
from person import ALT, CTRL, Key, Person
from vaults import PASSPHRASE

pytestmark = pytest.mark.gui


def test_from_a_concern_to_a_decision(person: Person, vault: Path, student: StudentId) -> None:
    today = SystemClock().now().day()

    # A teacher is concerned.
    person.go("raise a con", "concerns")
    person.pick("wrona", "Wrona, Piotr")
    person.until(lambda: person.focus == "Teacher")
    person.fill(**{"Their name": "Iris Vandermeer", "What was noticed": "Leaves the room."})
    person.carry_out()

    # A screening, by the digit.
    person.go("enter a screening", "screening-entry")
    person.choose("Student (required)")
    person.pick("wrona", "Wrona, Piotr")
    person.tab_to("Instrument (required)")
    person.type("GAD")
    person.rest()
    person.tab_to("Items")
    person.type("2222222")
    person.press(Key.Key_Return, CTRL)
    person.until(lambda: person.here()[0] == "screening")
    person.reads("14")

    # A plan; what is missing is said at its field, then it is agreed.
    person.go("write a plan", "plan-draft")
    person.until(lambda: person.focus == "Student (required)")
    person.press(Key.Key_Space)
    person.pick("wrona", "Wrona, Piotr")
    person.until(lambda: person.focus == "Title (required)")
    person.type("Staying with the class")
    person.fill(
        **{
            "Needs (required)": "A way out other than the door",
            "What the student will do (required)": "Asks for a break",
            "What is measured, and how (required)": "Times out of the room a week",
            "Today it stands at (required)": "6",
            "Target (required)": "1",
            "Baseline taken on": (today - timedelta(weeks=5)).isoformat(),
        }
    )
    person.press(Key.Key_Return, CTRL)
    person.until(lambda: person.focus == "By when (required)")
    person.reads("Enter the day, for example 12 Mar 2027.")
    person.type("+70")
    person.press(Key.Key_Return, CTRL, then=lambda: person.press(Key.Key_A, ALT))
    person.until(lambda: person.here()[0] == "plan")
    plan = person.here()[1]
    person.reads("Staying with the class: Piotr Wrona")

    # Four weeks of points: the day, then two keys each.
    person.go("enter where goals stand", "progress")
    for weeks in (4, 3, 2, 1):
        person.tab_to("Points are of")
        person.type((today - timedelta(weeks=weeks)).isoformat())
        person.tab_to("Goals")
        person.type("8")
        person.press(Key.Key_Return)
        person.rest()
    person.reads("1 waits for a decision")

    # The points speak, a person decides.
    person.press(Key.Key_Return)
    person.until(lambda: person.here()[0] == "goal")
    goal = person.here()[1]
    person.reads("They speak for a change.")
    person.choose("Decide")
    person.fill(**{"Why (required)": "The card is not at hand"})
    person.carry_out()
    person.reads("The decision is written down.")

    # The review opens the next version.
    person.go("plans of care", "plans")
    person.press(Key.Key_Return)
    person.until(lambda: person.here() == ("plan", plan))
    person.rest()
    person.choose("Review")
    person.until(lambda: person.focus == "Achieved")
    person.press(Key.Key_Right)
    person.press(Key.Key_Space)
    person.fill(**{"Why (required)": "It begins to help"})
    person.carry_out()
    person.until(lambda: person.here()[0] == "plan-draft")
    person.reads("Version 2 of the plan")

    # And the tier is changed, with what is known.
    person.go("wrona", "student")
    person.choose("More")
    person.until(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    while menu.activeAction() is None or menu.activeAction().text() != "Set tier":
        QTest.keyClick(menu, Key.Key_Down)
    QTest.keyClick(menu, Key.Key_Return)
    person.until(lambda: QApplication.activeModalWidget() is not None)
    person.until(lambda: QGuiApplication.focusWindow() is not None)
    person.press(Key.Key_Right)
    person.press(Key.Key_Space)
    person.fill(**{"Reason (required)": "Needs more than the whole class gets"})
    person.carry_out()
    person.leave()

    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    try:
        chart = desk.progress.chart(goal)
        assert [point.value for point in chart.points] == [8000] * 4
        assert chart.decisions[0].proposal is Proposal.CHANGE
        (review,) = desk.plans.plan(plan).reviews
        assert review.outcomes[0][1] == Outcome.CLOSER
        assert review.decision is Decision.CONTINUE
        happened = {row.what for row in desk.timeline.page(student)[0]}
        assert happened >= {
            Happening.CONCERN,
            Happening.SCREENING,
            Happening.PLAN_AGREED,
            Happening.GOAL_DECIDED,
            Happening.PLAN_REVIEWED,
            Happening.TIER,
        }
        assert all(finding.whole for finding in desk.verify().findings)
    finally:
        desk.close()
