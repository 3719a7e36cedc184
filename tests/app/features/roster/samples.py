"""Builds invented roster files: whole ones, and parts to break."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

Files = dict[str, str | bytes]

MODIFIED = "2026-09-01T08:00:00.000Z"

USERS_1_1 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,"
    "givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
)
USERS_1_2 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,"
    "userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
    "primaryOrgSourcedId,pronouns"
)
ROLES = (
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"
    "orgSourcedId,userProfileSourcedId"
)
ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
DEMOGRAPHICS = "sourcedId,status,dateLastModified,birthDate,sex"
SESSIONS = (
    "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear"
)
COURSES = (
    "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,"
    "orgSourcedId,subjects,subjectCodes"
)
CLASSES = (
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,"
    "location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods"
)
ENROLLMENTS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,"
    "primary,beginDate,endDate"
)
KINDS = (
    "academicSessions", "categories", "classes", "classResources", "courses",
    "courseResources", "demographics", "enrollments", "lineItems", "orgs", "resources",
    "results", "roles", "users",
)  # fmt: skip


def lines(*rows: str, end: str = "\r\n") -> str:
    """Return rows as one text."""
    return end.join(rows) + end


def table(header: str, rows: Iterable[Mapping[str, str]], end: str = "\r\n") -> str:
    """Return a CSV text of `rows` under `header`, quoted where needed."""
    names = header.split(",")
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def manifest(modes: Mapping[str, str], version: str = "1.1", system: str = "Invented SIS") -> str:
    """Return a manifest that announces `modes` and nothing else."""
    return lines(
        "propertyName,value",
        "manifest.version,1.0",
        f"oneroster.version,{version}",
        *(f"file.{kind},{modes.get(kind, 'absent')}" for kind in KINDS),
        f"source.systemName,{system}",
        "source.systemCode,inv",
    )


def oneroster_1_1() -> Files:
    """Return a clean OneRoster 1.1 export: two schools, three students, two guardians."""
    return {
        "manifest.csv": manifest(
            dict.fromkeys(
                (
                    "users",
                    "orgs",
                    "demographics",
                    "academicSessions",
                    "courses",
                    "classes",
                    "enrollments",
                ),
                "bulk",
            )
        ),
        "orgs.csv": lines(
            ORGS,
            "d1,,,Alder District,district,D,",
            "s1,,,Alder High,school,101,d1",
            "s2,,,Birch Middle,school,102,d1",
        ),
        "users.csv": lines(
            USERS_1_1,
            "u1,,,true,s1,student,ana.n,{State:9001},Ana,Núñez,María,1001,ana@school.example,"
            ',555-010-1001,"g1,g2",09,',
            'u2,,,true,"d1,s2",student,bo.l,,Bo,Li,,1002,,,,g2,07,',
            "u3,,,true,s1,student,cy.d,,Cy,Dale,,1003,,555-010-1003,,,KG,",
            "t1,,,true,s1,teacher,tess,,Tess,Hall,,,tess@school.example,,,,,",
            "g1,,,true,s1,parent,gina,,Gina,Núñez,,,gina@home.example,,555-010-2001,u1,,",
            "g2,,,true,s1,guardian,gus,,Gus,Li,,,,,555-010-2002,,,",
        ),
        "demographics.csv": lines(
            DEMOGRAPHICS,
            "u1,,,2011-05-13,female",
            "u2,,,2013-02-04,male",
            "u3,,,2020-12-31,unspecified",
        ),
        "academicSessions.csv": lines(
            SESSIONS,
            "y1,,,2026-27,schoolYear,2026-08-20,2027-06-05,,2027",
            "a1,,,Fall,semester,2026-08-20,2026-12-18,y1,2027",
        ),
        "courses.csv": lines(COURSES, "c1,,,y1,Biology,BIO1,09,s1,,"),
        "classes.csv": lines(
            CLASSES, 'k1,,,Biology 1,09,c1,B-1,scheduled,Room 12,s1,a1,Science,SCI,"1,3"'
        ),
        "enrollments.csv": lines(
            ENROLLMENTS,
            "e1,,,k1,s1,u1,student,,2026-08-20,2026-12-18",
            "e2,,,k1,s1,t1,teacher,true,,",
        ),
    }


def oneroster_1_2() -> Files:
    """Return a clean OneRoster 1.2 export of two students and a guardian."""
    return {
        "manifest.csv": manifest(
            dict.fromkeys(("users", "roles", "orgs", "demographics"), "bulk"), "1.2"
        ),
        "orgs.csv": lines(ORGS, "s1,,,Alder High,school,101,", "s2,,,Birch Middle,school,102,"),
        "users.csv": lines(
            USERS_1_2,
            "u1,,,true,ana.n,{State:9001},Ana,Núñez,María,1001,,,,g1,09,,,Annie,,Nuñez,,she/her",
            "u2,,,true,bo.l,,Bo,Li,,1002,,,,,07,,,,,,s2,",
            "g1,,,true,gina,,Gina,Núñez,,,gina@home.example,,,,,,,,,,,",
        ),
        "roles.csv": lines(
            ROLES,
            "r1,,,u1,primary,student,2026-08-20,,s1,",
            "r2,,,u1,secondary,student,,,s2,",
            "r3,,,u2,primary,student,,,s1,",
            "r4,,,g1,primary,parent,,,s1,",
        ),
        "demographics.csv": lines(DEMOGRAPHICS, "u1,,,2011-05-13,female"),
    }


def clever() -> Files:
    """Return a Clever export: one school, two students, siblings with one contact."""
    return {
        "schools.csv": lines("School_id,School_name,School_number", "1,Alder High,101"),
        "students.csv": lines(
            "School_id,Student_id,Student_number,State_id,Last_name,Middle_name,First_name,"
            "Grade,Gender,DOB,Home_language,Student_email,Contact_name,Contact_relationship,"
            "Contact_phone,Contact_email",
            "1,S1,1001,9001,Núñez,M,Ana,9,F,05/13/2011,Spanish,ana@school.example,"
            "Gina Núñez,Mother,555-010-2001,gina@home.example",
            "1,S1,1001,9001,Núñez,M,Ana,9,F,05/13/2011,Spanish,ana@school.example,"
            "Gus Li,Uncle,555-010-2002,",
            "1,S2,1002,,Núñez,,Beto,Kindergarten,M,1/4/2020,Spanish,,"
            "Gina Núñez,Mother,555-010-2001,gina@home.example",
        ),
        "teachers.csv": lines(
            "School_id,Teacher_id,Last_name,First_name,Teacher_email",
            "1,T1,Hall,Tess,tess@school.example",
        ),
        "sections.csv": lines(
            "School_id,Section_id,Teacher_id,Name,Period,Term_name,Term_start,Term_end",
            "1,X1,T1,Biology 1,3,Fall,08/20/2026,12/18/2026",
        ),
        "enrollments.csv": lines("School_id,Section_id,Student_id", "1,X1,S1"),
    }


def changed(files: Files, name: str, old: str, new: str) -> Files:
    """Return `files` with `old` replaced by `new` in one of them, which must hold it."""
    text = files[name]
    assert isinstance(text, str)
    assert old in text, f"{old!r} is not in {name}"
    return {**files, name: text.replace(old, new)}


def as_bytes(text: str | bytes) -> bytes:
    """Return a text as UTF-8."""
    return text.encode() if isinstance(text, str) else text


def zipped(path: Path, files: Files) -> Path:
    """Write `files` as a zip at `path` and return it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, as_bytes(text))
    return path


def written(path: Path, files: Files) -> Path:
    """Write `files` into the folder `path` and return it."""
    path.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (path / name).write_bytes(as_bytes(text))
    return path
