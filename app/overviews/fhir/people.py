"""Who a document is about and who made it: Patient, Practitioner, PractitionerRole, Organization."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.ids import PersonId
from app.kernel.names import shown_name
from app.kernel.nouns import Role
from app.kernel.ports import Reader
from app.kernel.words import _
from app.overviews.fhir.codes import LANGUAGES, NUCC, ORGANIZATION_TYPE
from app.overviews.fhir.document import NORMAL, Document, Reference, Resource, concept
from app.overviews.reports.student_facts import Guardian, Profile
from app.overviews.reports.wording import spoken_role

_TAXONOMY: Mapping[str, tuple[str, str]] = {
    Role.COUNSELOR: ("101YS0200X", "School Counselor"),
    Role.NURSE: ("163WS0200X", "School Registered Nurse"),
    Role.SOCIAL_WORKER: ("1041S0200X", "School Social Worker"),
    Role.PSYCHOLOGIST: ("103TS0200X", "School Psychologist"),
}
"""The health care provider taxonomy's codes of the desk's roles; an administrator has none."""


@dataclass(frozen=True, slots=True)
class Known:
    """Someone who works at the vault."""

    id: PersonId
    name: str
    role: str
    credentials: str
    school: str
    """Where they work first; may be empty."""


class People:
    """Who works at the vault, as a document names them: each once."""

    def __init__(self, document: Document, reader: Reader) -> None:
        self._document = document
        self._known = {
            row[0]: Known(*row)
            for row in reader.execute(
                "SELECT p.id, p.name, p.role, p.credentials, coalesce((SELECT s.name"
                " FROM person_school w JOIN school s ON s.id = w.school_id"
                " WHERE w.person_id = p.id ORDER BY w.position LIMIT 1), '') FROM person p"
            )
        }
        names: dict[str, list[str]] = {}
        for one in self._known.values():
            names.setdefault(one.name, []).append(one.id)
        self._by_name = {name: ids[0] for name, ids in names.items() if len(ids) == 1}

    def person(self, person_id: str) -> Reference:
        """Return someone of the vault as a Practitioner."""
        known = self._known[person_id]
        qualified = [{"code": {"text": known.credentials}}] if known.credentials else []
        return self._document.add(
            "Practitioner",
            known.id,
            {"name": [{"text": known.name}], "qualification": qualified},
            level=NORMAL,
            display=known.name,
        )

    def named(self, said: str) -> Reference:
        """Return who is called so, with or without credentials; anybody else by the name alone."""
        name = said.partition(",")[0].strip()
        if name in self._by_name:
            return self.person(self._by_name[name])
        return {"display": said}

    def role(self, person_id: str) -> Reference:
        """Return someone in their role at their school."""
        known = self._known[person_id]
        coding = _TAXONOMY.get(known.role, ("", ""))
        organization = self.school(known.school)
        return self._document.add(
            "PractitionerRole",
            known.id,
            {
                "active": True,
                "practitioner": self.person(person_id),
                "organization": organization or {},
                "code": [concept(spoken_role(known.role), NUCC, *coding)],
            },
            level=NORMAL,
            display=known.name,
        )

    def school_of(self, person_id: str) -> Reference | None:
        """Return where somebody works first."""
        return self.school(self._known[person_id].school)

    def school(self, name: str) -> Reference | None:
        """Return a school as an Organization; None for one without a name."""
        if not name.strip():
            return None
        kind = concept(_("School"), ORGANIZATION_TYPE, "edu", "Educational Institute")
        body = {"name": name, "type": [kind]}
        return self._document.add("Organization", name, body, level=NORMAL, display=name)


def patient(
    document: Document,
    profile: Profile,
    school: Reference | None,
    *,
    whole: bool,
    guardians: Iterable[Guardian] = (),
) -> Reference:
    """Put the student in: only the name, or `whole` what the profile says; guardians if chosen."""
    shown = shown_name(profile.given, profile.family, profile.preferred)
    body: Resource = {"name": [{"use": "usual", "text": shown}]}
    if whole:
        given = [profile.given, profile.middle]
        body = {
            "identifier": [
                _number(_("Student number"), profile.number, profile.school),
                _number(_("State number"), profile.state_id, ""),
            ],
            "active": not profile.left_on,
            "name": [
                {"use": "official", "family": profile.family, "given": given},
                {"use": "usual", "text": shown},
            ],
            "birthDate": profile.born_on,
            "communication": [{"language": _language(profile.language)}]
            if profile.language
            else [],
            "managingOrganization": school or {},
        }
    body["contact"] = [_contact(one) for one in guardians]
    return document.add("Patient", "", body, level=NORMAL, display=shown)


def _number(what: str, value: str, school: str) -> Resource:
    if not value.strip():
        return {}
    assigner = {"display": school} if school else {}
    return {"type": {"text": what}, "value": value, "assigner": assigner}


def _language(words: str) -> Resource:
    """Return a language in words, with its code where it is kept as one."""
    code = words.strip()
    plain = code.isascii() and code.isalpha() and len(code) in {2, 3} and code.islower()
    return concept(words, LANGUAGES, code if plain else "")


def _contact(guardian: Guardian) -> Resource:
    """Return a guardian; one who is not to be contacted says so, and has no number to call."""
    reached = not guardian.do_not_contact
    ways: list[dict[str, Any]] = [
        {"system": system, "value": value}
        for system, value in (
            ("phone", guardian.phone),
            ("sms", guardian.sms),
            ("email", guardian.email),
        )
        if reached and value.strip()
    ]
    relation = [guardian.relation, "" if reached else _("Not to be contacted")]
    return {
        "relationship": [{"text": words} for words in relation if words.strip()],
        "name": {"text": guardian.name or "–"},
        "telecom": ways,
    }
