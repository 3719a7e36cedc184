"""The caseload room upstairs: the list of students, a student's page, and the schools."""

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Found, Page, PageWidget, Room, RoomAction, TodayLine


def _caseload(context: Context) -> PageWidget:
    from ui.features.caseload.presenter.caseload import CaseloadPage

    return CaseloadPage(context)


def _student(context: Context) -> PageWidget:
    from ui.features.caseload.presenter.student import StudentPage

    return StudentPage(context)


def _schools(context: Context) -> PageWidget:
    from ui.features.caseload.presenter.schools import SchoolsPage

    return SchoolsPage(context)


def _find(context: Context, text: str) -> list[Found]:
    from ui.features.caseload.presenter.lookups import found_students

    return found_students(context, text)


def _today(context: Context) -> list[TodayLine]:
    from ui.features.caseload.presenter.lookups import today_lines

    return today_lines(context)


ROOM = Room(
    pages=(
        Page("caseload", N_("Caseload"), "caseload", _caseload, rank=dict.fromkeys(Role, 10)),
        Page("student", N_("Student"), "student", _student, in_navigation=False),
        Page("schools", N_("Schools"), "school", _schools, in_navigation=False),
    ),
    actions=(
        RoomAction(
            "add-student",
            N_("Add a student"),
            "on",
            lambda context: context.go("caseload", "add"),
            keywords="new pupil child",
        ),
        RoomAction(
            "find-student",
            N_("Find a student"),
            "search",
            lambda context: context.go("caseload", "find"),
            "Ctrl+Shift+F",
            keywords="search name number",
        ),
    ),
    finder=_find,
    today=_today,
)
