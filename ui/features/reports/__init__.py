"""The reports upstairs: one place for every list and sum that may leave the desk."""

from app.kernel.nouns import Role
from app.kernel.words import N_
from ui.kit.room import Context, Drawer, Page, PageWidget, Room, RoomAction


def _reports(context: Context) -> PageWidget:
    from ui.features.reports.presenter.reports import ReportsPage

    return ReportsPage(context)


def _to(kind: str, title: str, keywords: str, roles: frozenset[Role]) -> RoomAction:
    return RoomAction(
        f"report-{kind}",
        title,
        "report",
        lambda context: context.go("reports", kind),
        keywords=f"report list export csv excel pdf {keywords}",
        roles=roles,
    )


EVERYONE = frozenset(Role)
WORKING = EVERYONE - {Role.ADMINISTRATOR}
"""Those whose own work a report can be of."""

ROOM = Room(
    pages=(
        Page(
            "reports",
            N_("Reports"),
            "report",
            _reports,
            rank=dict.fromkeys(Role, 60) | {Role.ADMINISTRATOR: 10},
            drawer=Drawer.PAPERS,
        ),
    ),
    actions=(
        _to("caseload-list", N_("Report: caseload"), "students tier", EVERYONE),
        _to("session-log", N_("Report: session log"), "sessions minutes attendance", EVERYONE),
        _to("group-roster", N_("Report: group roster"), "members waiting list", WORKING),
        _to("group-attendance", N_("Report: group attendance"), "present absent", WORKING),
        _to("service-minutes", N_("Report: service minutes"), "iep mandate owed given", WORKING),
        _to("engagement", N_("Report: engagement"), "referred still attend weeks", WORKING),
        _to("tiers", N_("Report: tiers"), "pyramid movement mtss", WORKING),
        _to("services", N_("Report: services and referrals"), "district month json data", WORKING),
        _to("screening-cohort", N_("Report: screening of a cohort"), "levels universal", WORKING),
        _to("use-of-time", N_("Report: use of time"), "80/20 category minutes", WORKING),
    ),
)
