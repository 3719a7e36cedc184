"""Sentences about damage and repairs, and the words of the list of what was lost."""

from app.features.backups.losses import Fate, LossLine
from app.kernel.names import shown_name
from app.kernel.words import N_, _, ngettext, pgettext

SENTENCES: dict[str, str] = {
    "repair-not-needed": N_(
        "The vault's file is whole; there is nothing to repair. If it does not open, or a check"
        " finds something, restore the newest backup."
    ),
    "repair-place": N_(
        "The repaired vault could not be written to {path} ({reason}). The damaged vault and its"
        " backups are as they were; choose another place."
    ),
    "repair-unsound": N_(
        "What could be saved did not make a whole vault ({detail}). Nothing was changed; restore"
        " the newest backup."
    ),
}

_KINDS: dict[str, str] = {
    "alert": N_("Alert"),
    "caseload": N_("Time on a caseload"),
    "class": N_("Class"),
    "device": N_("Computer"),
    "disclosure": N_("Disclosure"),
    "disclosure_stopped": N_("Remark on a disclosure"),
    "dose": N_("Dose"),
    "emergency": N_("Mark of an emergency opening"),
    "enrollment": N_("Place in a class"),
    "follow_up": N_("Next step"),
    "guardian": N_("Guardian"),
    "incident": N_("Medication incident"),
    "intervention": N_("Intervention of the list"),
    "journal": N_("Entry of the journal"),
    "medication_order": N_("Medication order"),
    "note_addition": N_("Addition to a note"),
    "note_draft": N_("Draft"),
    "note_template": N_("Template"),
    "person": N_("Person of the vault"),
    "person_school": N_("Building of a person"),
    "roster_change": N_("Change by an import"),
    "roster_import": N_("Import of a roster"),
    "roster_offer": N_("Value offered by a roster"),
    "school": N_("School"),
    "service_kind": N_("Kind of service"),
    "session_note": N_("Session note"),
    "setting": N_("Setting"),
    "sole_note": N_("Sole-possession note"),
    "staff": N_("Staff member"),
    "student": N_("Student"),
    "student_guardian": N_("Guardian of a student"),
    "student_tag": N_("Tag of a student"),
    "tag": N_("Tag"),
    "tier_decision": N_("Tier decision"),
    "care_entry": N_("Entry to a health record"),
    "container": N_("Container of medication"),
    "delegation": N_("Delegation"),
    "discrepancy": N_("Discrepancy of a count"),
    "health_plan": N_("Health plan"),
    "no_school": N_("Day without school"),
    "stock_count": N_("Count of medication"),
    "stock_movement": N_("Movement of medication"),
    "student_photo": N_("Picture of a student"),
    "consent": N_("Consent"),
    "consent_end": N_("End of a consent"),
    "consent_rules": N_("Ages from which students sign"),
    "consent_scan": N_("Scan of a consent"),
    "consent_scan_content": N_("Content of a scan"),
    "district_file": N_("District file"),
    "district_left": N_("Leaving of a district"),
    "trip": N_("Field trip"),
    "trip_item": N_("What went on a field trip"),
    "visit": N_("Visit to the health office"),
    "time_entry": N_("Entry of time"),
    "time_served": N_("Student of a group, in the time log"),
    "time_draft": N_("Line of the time log that was being typed"),
    "duty": N_("Duty that comes back"),
    "category_set": N_("Set of categories of time"),
    "category": N_("Category of time"),
    "usual_category": N_("Usual category of a service"),
    "student_medicaid": N_("Medicaid number and consent"),
    "billing_code": N_("Procedure code"),
    "billing_line": N_("Claim line"),
    "mandate": N_("Service owed"),
    "mandate_end": N_("End of a service owed"),
    "mandate_span": N_("Days on which a service is owed"),
    "delivery": N_("Session given or missed"),
    "episode": N_("Referral to a service"),
    "student_group": N_("Group"),
    "group_member": N_("Place in a group"),
    "group_draft": N_("Draft of a group session"),
    "group_session": N_("Group session"),
    "group_attendance": N_("Attendance at a group session"),
    "school_year": N_("School year of a building"),
    "bell_schedule": N_("Bell schedule"),
    "bell_period": N_("Period of a bell schedule"),
    "special_day": N_("Special day of a building"),
    "travel_time": N_("Way between two buildings"),
    "appointment": N_("Appointment"),
    "appointment_series": N_("Series of appointments"),
    "busy_time": N_("Busy time of another calendar"),
    "calendar_secret": N_("What the ids of exported appointments are made with"),
    "desk_key": N_("The key that this desk signs with"),
    "destination": N_("Place that summaries are sent to"),
    "destination_secret": N_("What opens a place that summaries are sent to"),
    "outbox_course": N_("How far a place has been told"),
    "outbox_parcel": N_("Summary that was sent"),
    "outbox_sealed": N_("Sealed bytes of a summary"),
    "outbox_state": N_("How far a summary has come"),
    "outbox_event": N_("What became of a summary that was sent"),
    "outbox_manifest": N_("Signed list of what was left at a place"),
    "outbox_receipt": N_("Receipt of the district"),
    "outbox_standing": N_("Last revision of a summary that leaves by itself"),
    "vault": N_("The vault's own line"),
}


def kind_said(table: str) -> str:
    """Return what a row of a table is called; the table's own name where there is none."""
    return _(_KINDS[table]) if table in _KINDS else table.replace("_", " ")


def fate_said(fate: Fate) -> str:
    """Return what became of a row, in a few words."""
    return {
        Fate.LOST: pgettext("repair", "lost"),
        Fate.REGAINED: pgettext("repair", "back from the backup, as it was then"),
        Fate.UNPROVEN: pgettext("repair", "saved; its entry of the journal is lost"),
        Fate.UNLINKED: pgettext("repair", "saved; what it belongs to is lost"),
        Fate.STAND_IN: pgettext("repair", "lost; an empty one stands in its place"),
        Fate.UNCOUNTED: pgettext("repair", "some may be lost that nothing names any more"),
    }[fate]


def loss_said(line: LossLine) -> str:
    """Return one line of the list: what, whose, of when, and what became of it."""
    loss = line.loss
    what = kind_said(loss.kind)
    if loss.kind == "journal":
        what = _("Entry {number} of the journal").format(number=loss.row)
    facts = {
        "what": what,
        "who": shown_name(line.given, line.family, line.preferred) if line.family else "",
        "when": loss.on[:10],
        "fate": fate_said(loss.how),
    }
    if facts["who"] and facts["when"]:
        return _("{what}, {who}, {when}: {fate}").format_map(facts)
    if facts["who"]:
        return _("{what}, {who}: {fate}").format_map(facts)
    if facts["when"]:
        return _("{what}, {when}: {fate}").format_map(facts)
    return _("{what}: {fate}").format_map(facts)


def summary_said(lost: int, regained: int, doubtful: int) -> list[str]:
    """Return what a repair came to, a line for each thing there is to say."""
    lines = []
    if lost:
        lines.append(
            ngettext("{count} record was lost.", "{count} records were lost.", lost).format(
                count=lost
            )
        )
    else:
        lines.append(_("Everything was saved."))
    if regained:
        lines.append(
            ngettext(
                "{count} record came back from the backup, as it was then.",
                "{count} records came back from the backup, as they were then.",
                regained,
            ).format(count=regained)
        )
    if doubtful:
        lines.append(
            ngettext(
                "{count} record was saved whose proof or owner is lost.",
                "{count} records were saved whose proof or owner is lost.",
                doubtful,
            ).format(count=doubtful)
        )
    return lines
