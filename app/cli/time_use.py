"""`casewell time`: log an activity, list what is logged, the categories, without a screen."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, opened, tell, vault_options
from app.kernel.errors import Refused
from app.kernel.words import _, ngettext

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.features.time_use.repo.entries import DayLine


def add(commands: Any) -> None:
    """Add the command and its parts."""
    time = commands.add_parser("time", help=_("log activities, and the categories of time"))
    parts = time.add_subparsers(dest="part", metavar=_("WHAT"), required=True)

    log = parts.add_parser("log", help=_("log an activity that is not about one student"))
    vault_options(log)
    log.add_argument("category", metavar="CATEGORY", help=_("its number, or its first letters"))
    log.add_argument("minutes", metavar="MINUTES", help=_("as 45, 1:15 or 1h15"))
    log.add_argument("--on", default="", metavar="DAY", help=_("as YYYY-MM-DD (otherwise: today)"))
    log.add_argument(
        "--at", default="", metavar="TIME", help=_("as HH:MM (otherwise: so that it ends now)")
    )
    log.add_argument("--school", default="", metavar="NAME", help=_("one building’s name or id"))
    log.add_argument("--students", default="", metavar="COUNT", help=_("how many were reached"))
    log.add_argument("--note", default="", metavar="TEXT", help=_("a few words, without names"))
    log.set_defaults(run=_log)

    listed = parts.add_parser("list", help=_("what is logged between two days"))
    vault_options(listed)
    for name, target in (("--from", "since"), ("--to", "until")):
        listed.add_argument(
            name, dest=target, default="", metavar="DAY", help=_("as YYYY-MM-DD (otherwise: today)")
        )
    listed.set_defaults(run=_list)

    categories = parts.add_parser("categories", help=_("the sets of categories"))
    doings = categories.add_subparsers(dest="doing", metavar=_("WHAT"), required=True)
    known = doings.add_parser("list", help=_("every set and its categories"))
    vault_options(known)
    known.set_defaults(run=_categories)
    load = doings.add_parser("load", help=_("take a district’s own set from a JSON file"))
    vault_options(load)
    load.add_argument("file", type=Path, metavar="FILE")
    load.add_argument("--use", action="store_true", help=_("log by this set from now on"))
    load.set_defaults(run=_load)


def _log(arguments: argparse.Namespace) -> int:
    from app.features.time_use.commands import LogActivity
    from app.features.time_use.model.entries import ActivityForm

    with opened(arguments, "time") as desk:
        form = ActivityForm(
            arguments.category,
            arguments.minutes,
            arguments.on,
            arguments.at,
            _school(desk, arguments.school),
            arguments.note,
            arguments.students,
        )
        made = desk.time_use.log.log_activity(LogActivity(form)).made
        entry = desk.time_use.log.entry(made)
        if entry is None:
            raise Refused("time-entry-gone")
        line = next(
            one for one in desk.time_use.log.day(entry.on_day).lines if one.entry.id == made
        )
    tell(arguments, _facts(line), [_said(line)])
    return DONE


def _school(desk: "Desk", named: str) -> str:
    """Return the id of the building that is meant; refuse one that is not there."""
    if not named:
        return ""
    for school_id, name in desk.time_use.shares.schools():
        if named in {school_id, name}:
            return school_id
    raise Refused("time-school-gone", "school")


def _list(arguments: argparse.Namespace) -> int:
    from app.overviews.time_words import spoken_length

    with opened(arguments, "time") as desk:
        today = desk.clock.now().day().isoformat()
        since, until = arguments.since or today, arguments.until or today
        share = desk.time_use.shares.between(since, until)
        found: list[DayLine] = []
        while page := desk.time_use.log.between(since, until, offset=len(found)):
            found.extend(page)
    lines = [_said(line) for line in found]
    lines += [
        _("{group}: {span}, {percent} %").format(
            group=part.label, span=spoken_length(part.minutes), percent=part.percent
        )
        for part in share.shares
        if share.total
    ]
    tell(
        arguments,
        {
            "since": since,
            "until": until,
            "minutes": share.total,
            "entries": [_facts(line) for line in found],
            "groups": [
                {
                    "code": part.bundle,
                    "label": part.label,
                    "minutes": part.minutes,
                    "percent": part.percent,
                }
                for part in share.shares
            ],
            "targets": [
                {
                    "groups": list(one.target.groups),
                    one.target.kind.value: one.target.percent,
                    "percent": one.percent,
                    "met": one.met,
                }
                for one in share.standings
            ],
        },
        lines or [_("Nothing is logged in this period.")],
    )
    return DONE


def _said(line: "DayLine") -> str:
    from app.overviews.reports.wording import spoken_day, spoken_time
    from app.overviews.time_words import spoken_length

    entry = line.entry
    return (
        _("{day} {time}  {span}  {category}  {more}")
        .format(
            day=spoken_day(entry.on_day),
            time=spoken_time(entry.started),
            span=spoken_length(entry.minutes),
            category=entry.category_label,
            more=entry.note or entry.service_label,
        )
        .rstrip()
    )


def _facts(line: "DayLine") -> dict[str, Any]:
    entry = line.entry
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "day": entry.on_day,
        "started_at": entry.started.at,
        "zone": entry.started.zone,
        "minutes": entry.minutes,
        "set": entry.set_code,
        "version": entry.set_version,
        "category": entry.category,
        "label": entry.category_label,
        "group": entry.bundle,
        "school": line.school,
        "students": entry.students,
        "note": entry.note,
    }


def _categories(arguments: argparse.Namespace) -> int:
    with opened(arguments, "time") as desk:
        sets, used = desk.time_use.categories.sets(), desk.time_use.categories.current()
    lines = []
    for one in sets:
        mark = _("in use") if (one.code, one.version) == (used.code, used.version) else ""
        lines.append(
            _("{code}, version {version}: {name} {mark}")
            .format(code=one.code, version=one.version, name=one.said(one.name), mark=mark)
            .rstrip()
        )
        for category in one.categories:
            group = one.group(category.bundle)
            lines.append(
                _("  {number} {label} ({group})").format(
                    number=category.position,
                    label=one.said(category.label),
                    group=one.said(group.label) if group else category.bundle,
                )
            )
    tell(
        arguments,
        {
            "used": {"code": used.code, "version": used.version},
            "sets": [
                {
                    "code": one.code,
                    "version": one.version,
                    "name": one.name,
                    "note": one.note,
                    "effective_from": one.starts_on,
                    "effective_to": one.ends_on,
                    "groups": [{"code": g.code, "label": g.label} for g in one.groups],
                    "categories": [
                        {"code": c.code, "label": c.label, "group": c.bundle}
                        for c in one.categories
                    ],
                    "targets": [
                        {"groups": list(t.groups), t.kind.value: t.percent} for t in one.targets
                    ],
                }
                for one in sets
            ],
        },
        lines,
    )
    return DONE


def _load(arguments: argparse.Namespace) -> int:
    from app.features.people.commands import ChangeSetting
    from app.features.time_use.commands import LoadCategories
    from app.features.time_use.service.categories import set_text

    text = set_text(arguments.file)
    with opened(arguments, "time") as desk:
        code = desk.time_use.categories.load(LoadCategories(text)).made
        if arguments.use:
            desk.people.change_setting(ChangeSetting("time_set", code))
        loaded = next(one for one in desk.time_use.categories.sets() if one.code == code)
    count = len(loaded.categories)
    words = ngettext(
        "{name}, version {version}: {count} category.",
        "{name}, version {version}: {count} categories.",
        count,
    )
    tell(
        arguments,
        {"code": code, "version": loaded.version, "categories": count, "used": arguments.use},
        [words.format(name=loaded.name, version=loaded.version, count=count)],
    )
    return DONE
