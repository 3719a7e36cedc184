"""What this room has for Today: minutes that run short, referrals that wait, who stays away."""

from collections.abc import Iterator

from app.features.services.service.engagement import EngagementToday
from app.features.services.service.minutes import MinutesToday
from app.kernel.nouns import Role
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_day
from app.overviews.services_words import spoken_need
from ui.kit.room import Context, Section, TodayLine


def today_lines(context: Context) -> list[TodayLine]:
    """Return what of services owed and referrals needs somebody."""
    desk = context.desk
    if desk.seat.role is Role.ADMINISTRATOR:
        return []
    today = context.today().isoformat()
    return [
        *_short(desk.services.minutes.look(), today),
        *_waiting(desk.services.engagement.look()),
    ]


def _short(found: MinutesToday, today: str) -> Iterator[TodayLine]:
    for line in found.at_risk:
        yield TodayLine(
            f"minutes:{line.series_id}",
            12,
            "clock",
            _("{name} {need}").format(
                name=line.student,
                need=spoken_need(
                    remaining=line.remaining,
                    unit=line.unit,
                    last=line.last,
                    today=today,
                    planned=line.planned_sessions,
                    schedules=True,
                ),
            ),
            line.service,
            spoken_day(line.last),
            "student-minutes",
            line.student_id,
            section=Section.LAPSING,
            student=line.student_id,
        )
    if found.more_at_risk > 0:
        yield TodayLine(
            "minutes:more",
            13,
            "clock",
            ngettext(
                "{count} more service is at risk", "{count} more services are at risk",
                found.more_at_risk,
            ).format(count=found.more_at_risk),
            _("Open the list"),
            "",
            "minutes",
            "",
            section=Section.LAPSING,
        )  # fmt: skip
    open_ones = len(found.undecided) + len(found.unexplained)
    if open_ones:
        yield TodayLine(
            "minutes:decide",
            31,
            "help",
            ngettext(
                "{count} session waits for a decision", "{count} sessions wait for a decision",
                open_ones,
            ).format(count=open_ones),
            _("Say why it did not take place, or what it counts toward"),
            "",
            "minutes",
            "decide",
            section=Section.WAITING,
        )  # fmt: skip


def _waiting(found: EngagementToday) -> Iterator[TodayLine]:
    for line in found.waiting:
        yield TodayLine(
            f"referral:{line.episode.id}",
            32,
            "follow_up",
            ngettext(
                "{name} has waited {count} day for {service}",
                "{name} has waited {count} days for {service}",
                line.days,
            ).format(name=line.student, count=line.days, service=line.service),
            _("Referred, and not begun"),
            spoken_day(line.episode.asked_on),
            "engagement",
            "waiting",
            section=Section.WAITING,
            student=line.episode.student_id,
        )
    if found.more_waiting:
        yield TodayLine(
            "referral:more",
            33,
            "follow_up",
            ngettext(
                "{count} more referral waits", "{count} more referrals wait", found.more_waiting
            ).format(count=found.more_waiting),
            _("Open the list"),
            "",
            "engagement",
            "waiting",
            section=Section.WAITING,
        )
    stopped = found.students_stopped
    if stopped:
        names = ", ".join(dict.fromkeys(line.student for line in found.stopped))
        yield TodayLine(
            "engagement:stopped",
            46,
            "off",
            ngettext(
                "{count} student has stopped coming", "{count} students have stopped coming",
                stopped,
            ).format(count=stopped),
            names,
            "",
            "engagement",
            "stopped",
            section=Section.WAITING,
        )  # fmt: skip
