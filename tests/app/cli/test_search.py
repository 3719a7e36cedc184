"""`casewell search`, from end to end on a real vault."""

import json
from pathlib import Path

import pytest

from app.cli import DONE, run
from app.features.sessions.commands import WriteSoleNote
from app.kernel.ids import new_id
from app.overviews.search import RECORD_KINDS
from app.store.migrate import steps
from sessions_desk import a_signed_note, add_student
from vaults import PASSPHRASE, new_desk


def no_desk(_vault: Path | None, _passphrase: str | None) -> int:
    raise AssertionError("no desk was asked for")


def test_records_are_found_and_the_compartment_stays_shut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = new_desk(tmp_path)
    student = add_student(desk, "María", "Delgado")
    note = a_signed_note(desk, student, "Hablamos de la situación.")
    desk.sessions.write_sole_note(WriteSoleNote(new_id(), student, "Own situación", "2026-11-20"))
    place = desk.folder.path
    desk.close()
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    line = ["search", "delgado", "situacion", "--vault", str(place)]
    line += ["--passphrase-file", str(secret)]
    assert run([*line, "--json"], no_desk) == DONE
    told = json.loads(capsys.readouterr().out)
    assert told["count"] == 1
    (hit,) = told["hits"]
    assert (hit["subject"], hit["student"], hit["kind"]) == (note, "María Delgado", "note")
    ((start, length),) = hit["marks"]
    assert hit["text"][start : start + length] == "situación"
    assert run(line, no_desk) == DONE
    assert capsys.readouterr().out.splitlines()[-1] == "1 found"


def test_the_kinds_are_those_that_the_schema_names() -> None:
    script = dict(steps())[12]
    view = script[script.index("CREATE VIEW searched_text") : script.index("CREATE TRIGGER")]
    named = {kind for kind in RECORD_KINDS if f"SELECT '{kind}'," in view}
    # What is added to a note is of the kind that its row says.
    assert named | {"addendum", "amendment"} == RECORD_KINDS
