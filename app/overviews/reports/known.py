"""Every report that stands on the page of reports and behind `casewell report`; one line each."""

from app.overviews.reports.caseload_list import CASELOAD_LIST
from app.overviews.reports.engagement import ENGAGEMENT
from app.overviews.reports.group_attendance import GROUP_ATTENDANCE, GROUP_ROSTER
from app.overviews.reports.lists import Report
from app.overviews.reports.service_minutes import SERVICE_MINUTES
from app.overviews.reports.services_report import SERVICES_REPORT
from app.overviews.reports.session_log import SESSION_LOG
from app.overviews.reports.tier_report import SCREENING_COHORT, TIER_REPORT
from app.overviews.reports.use_of_time import USE_OF_TIME

KNOWN: tuple[Report, ...] = (
    CASELOAD_LIST,
    SESSION_LOG,
    GROUP_ROSTER,
    GROUP_ATTENDANCE,
    USE_OF_TIME,
    SERVICE_MINUTES,
    ENGAGEMENT,
    TIER_REPORT,
    SCREENING_COHORT,
    SERVICES_REPORT,
)
