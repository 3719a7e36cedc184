"""Sentences about the schedule room."""

from typing import TYPE_CHECKING

from app.kernel.words import N_, _, ngettext

if TYPE_CHECKING:
    from app.features.schedule.model.appointments import Finding
    from app.features.schedule.model.tables import ReadTable

SENTENCES: dict[str, str] = {
    "schedule-needs-school": N_("Choose a building that is in use."),
    "schedule-name-long": N_("Please use at most {longest} characters."),
    "bells-need-name": N_("Name the bell schedule, for example Regular or Early release."),
    "bells-twice": N_("This building already has a bell schedule called {name}."),
    "bells-need-periods": N_("Enter at least one period."),
    "bells-too-many": N_("Please enter at most {most} periods."),
    "bells-in-use": N_(
        "The school year or a special day still rings by {name}. Choose other bells there first."
    ),
    "bells-gone": N_("This bell schedule is no longer there."),
    "period-needs-name": N_("Each period needs a name, for example 3 or Lunch."),
    "period-needs-times": N_(
        "Enter when the period {name} begins and ends, for example 8:05 and 8:50."
    ),
    "period-backwards": N_("The period {name} ends before it begins."),
    "period-twice": N_("Two periods are called {name}. Give one of them another name."),
    "periods-overlap": N_("The period {name} begins before {other} has ended."),
    "zone-unknown": N_("There is no time zone called {name}. Enter one such as America/New_York."),
    "cycle-name-missing": N_("Give each day of the cycle a name, or leave all out."),
    "cycle-length": N_(
        "Enter from 2 to {most} names with commas between them, for example A, B; or none."
    ),
    "cycle-twice": N_("Two days of the cycle have the same name."),
    "year-backwards": N_("The school year ends before it begins. Choose a later last day."),
    "year-long": N_("A school year has at most {most} days. Check the first and the last day."),
    "year-needs-weekdays": N_("Choose at least one weekday with school."),
    "years-overlap": N_("Another school year of this building has some of these days already."),
    "year-gone": N_("This school year is no longer there."),
    "closure-long": N_("Enter at most {most} days at once."),
    "special-says-nothing": N_(
        "Say what is special about the day: no school, another bell schedule or another cycle day."
    ),
    "special-gone": N_("This day is no longer a special one."),
    "travel-minutes": N_("Enter whole minutes from 0 to {most}, or leave it empty."),
    "travel-same": N_("Choose two different buildings."),
    "table-unreadable": N_("Line {line} of the table cannot be read as CSV. Nothing was taken."),
    "table-empty": N_("The table has no rows. Nothing was taken."),
    "table-long": N_("The table has more than {most} rows. Nothing was taken."),
    "table-columns": N_(
        "The first line must name the columns {bells} (for bells) or {days} (for days)."
        " Nothing was taken."
    ),
    "table-school": N_("No building in use is called {name}."),
    "table-yes-no": N_("In the column class time, {text} is neither yes nor no."),
    "table-day-twice": N_("The day {day} stands in the table twice for this building."),
    "table-what": N_("In the column what, {text} is neither “no school” nor “school”."),
    "table-bells": N_("The building has no bell schedule called {name}."),
    "table-cycle-day": N_("The building's cycle has no day called {name}."),
    "appointment-needs-time": N_("Enter a time such as 9:30 or 1:15 pm."),
    "appointment-needs-minutes": N_("Enter whole minutes from 1 to {most}."),
    "appointment-past-midnight": N_(
        "An appointment ends by midnight. Make it shorter, or plan the rest on the next day."
    ),
    "appointment-needs-student": N_("Choose the student the session is with."),
    "appointment-needs-group": N_("Choose the group."),
    "appointment-clock-jumps": N_(
        "The clocks are set forward over this time on that day. Choose a time that exists."
    ),
    "appointment-gone": N_("This appointment is no longer on your schedule."),
    "appointment-over": N_(
        "This appointment was held or fell out already. Take that back first, then change it."
    ),
    "appointment-recorded": N_(
        "A signed record says what became of this appointment. That stands."
    ),
    "appointment-planned-before": N_("This appointment is on your schedule already."),
    "repeat-backwards": N_("The last day comes before the first. Choose a later one."),
    "repeat-long": N_(
        "An appointment repeats for at most {most} days. Choose an earlier last day."
    ),
    "repeat-no-cycle": N_(
        "The building has no rotating days. Enter them in its calendar, or repeat by week."
    ),
    "repeat-day-closed": N_("There is no school on that day. Choose a day of the cycle."),
    "repeat-never": N_("On no day up to the last one does this come. Choose a later last day."),
    "ics-large": N_("The calendar file is larger than {most} MB. Export fewer days from it."),
    "ics-unreadable": N_("This is no calendar file (iCalendar, .ics). Nothing was changed."),
    "ics-many": N_(
        "The calendar file has more than {most} times. Export fewer days; nothing was changed."
    ),
    "own-double": N_("You have something else from {starts} to {ends}."),
    "student-elsewhere": N_("{student} is booked from {starts} to {ends}."),
    "busy-elsewhere": N_("Your other calendar is busy from {starts} to {ends}."),
    "room-taken": N_("{room} is taken from {starts} to {ends}."),
    "travel-short": N_(
        "The way to or from {school} takes {minutes} minutes, and there are {gap} minutes for it."
    ),
    "outside-hours": N_("Outside school hours, which are {starts} to {ends}."),
    "no-school": N_("No school on this day."),
}


def spoken_finding(finding: "Finding") -> str:
    """Return the sentence of what speaks against a time."""
    from app.overviews.schedule_words import spoken_minute
    from app.phrases import sentence_of

    facts = dict(finding.facts)
    for name in ("starts", "ends"):
        minute = facts.get(name)
        if isinstance(minute, int):
            facts[name] = spoken_minute(minute)
    if isinstance(facts.get("gap"), int) and isinstance(facts.get("minutes"), int):
        return ngettext(
            "The way to or from {school} takes {way} minutes, and there is {count} minute for it.",
            "The way to or from {school} takes {way} minutes, and there are {count} minutes for it.",
            int(facts["gap"] or 0),
        ).format(school=facts.get("school") or "–", way=facts["minutes"], count=facts["gap"])
    if facts.get("reason"):
        return _("No school on this day: {reason}.").format(reason=facts["reason"])
    return sentence_of(finding.clash.value, facts)


def spoken_table(table: "ReadTable") -> list[str]:
    """Return what a table brought, or each row that cannot be read, with its line."""
    from app.phrases import sentence_of

    if table.bad:
        return [
            _("Line {line}: {reason}").format(
                line=row.line, reason=sentence_of(row.code, dict(row.facts))
            )
            for row in table.bad
        ]
    said = []
    if table.bells:
        count = len(table.bells)
        said.append(
            ngettext("{count} bell schedule.", "{count} bell schedules.", count).format(count=count)
        )
    if table.days:
        count = len(table.days)
        said.append(
            ngettext("{count} special day.", "{count} special days.", count).format(count=count)
        )
    return said
