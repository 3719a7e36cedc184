"""The small inputs that fuzzing begins with; `python tests/faults/fuzz.py corpus` writes them."""

import io
import json
import zipfile

from openpyxl import Workbook

from app.features.roster.reading.table import Mapping
from app.kernel.clock import Moment
from app.vault import recovery
from app.vault.backups import Manifest, fingerprint
from faults.fuzz import KEYS, SECRET, VAULT, a_keybag

TABLE = """Student ID,Last Name,First Name,Birth Date,Grade,School,Guardian 1,Guardian 1 Phone
S1,Ocampo,Mateo,2013-04-05,07,Birch Middle School,Rosa Ocampo,555-0101
S2,"O'Neil, Jr.",Aoife,04/05/2014,06,Birch Middle School,"Niamh ""Nia"" O'Neil",555-0102
S3,Núñez,,31/12/2012,K,Alder Elementary,,
"""
CLEVER = """School_id,Student_id,Student_number,State_id,Last_name,Middle_name,First_name,Grade,Gender,DOB
1,100,100,,Ocampo,,Mateo,7,M,4/5/2013
1,101,101,,Lindqvist,,Ebba,6,F,12/31/2014
"""
SCHOOLS = """School_id,School_name,School_number,State_id,Low_grade,High_grade
1,Birch Middle School,1,,6,8
"""
ONEROSTER = """sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password
u1,active,2026-09-01T08:00:00.000Z,true,s1,student,u1,{x:1},Mateo,Ocampo,,20417,m@x.example,,,,07,
"""


def inputs() -> dict[str, dict[str, bytes]]:
    """Return every kind of input, by the name of its target and its file."""
    made = Moment("2026-09-01T12:00:00.000Z", "America/New_York")
    facts = {
        "device": VAULT, "schema": 5, "count": 12, "head": "ab" * 32, "rows": {"student": 2},
        "last_entry": "2026-09-01T11:00:00.000Z", "drafts": "", "digest": "cd" * 32,
    }  # fmt: skip
    manifest = Manifest(VAULT, made, fingerprint(KEYS)).with_facts(KEYS, facts)
    device = {
        "device": VAULT, "vault": "/nowhere", "backup_folder": "/nowhere", "slots": [VAULT],
        "keyrings": {VAULT: [VAULT]}, "language": "es", "text_scale": 1.25,
    }  # fmt: skip
    mapping = Mapping("f", ("student_id", "family", "given"), "iso", school="Alder Elementary")
    words = " ".join(recovery.to_words(SECRET))
    return {
        "keybag": {"two-slots.json": a_keybag()},
        "backup": {"backup.json": manifest.to_bytes()},
        "device": {"device.json": json.dumps(device).encode(), "empty.json": b"{}"},
        "words": {
            "words.txt": words.encode(),
            "numbered.txt": "\n".join(
                f"{number}. {word.upper()[:4]}" for number, word in enumerate(words.split(), 1)
            ).encode(),
        },
        "mapping": {"mapping.json": mapping.as_json().encode()},
        "csv": {
            "table.csv": TABLE.encode(),
            "semicolons.csv": TABLE.replace(",", ";").encode("cp1252"),
            "utf-16.csv": TABLE.encode("utf-16"),
            "students.csv": CLEVER.encode(),
            "users.csv": ONEROSTER.encode("utf-8-sig"),
        },
        "zip": {"clever.zip": _clever()},
        "xlsx": {"table.xlsx": _workbook()},
    }


def _clever() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("schools.csv", SCHOOLS), ("students.csv", CLEVER)):
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def _workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    for line in TABLE.splitlines():
        sheet.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
