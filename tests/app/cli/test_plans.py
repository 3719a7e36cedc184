"""`casewell plans` and its papers, on a real vault."""

import json
from pathlib import Path

import pytest

from app.cli import DONE, run
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.plans.commands import AgreePlan, EnterPoint
from app.features.plans.model.forms import GoalForm, PlanForm
from app.kernel.clock import SystemClock
from app.kernel.ids import StudentId, new_id
from vaults import PASSPHRASE, new_desk


def say(*words: str) -> int:
    return run(list(words), lambda _vault, _secret: DONE)


def test_plans_and_goals_are_told_and_their_papers_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE)
    desk = new_desk(tmp_path, clock=SystemClock())
    today = SystemClock().now().day()
    profile = Profile("Kim", "Ode", student_number="1")
    of = StudentId(desk.caseload.add_student(AddStudent(profile)).made)
    goal = GoalForm(
        "leaving", "", "Stays", "Times out of the room", "count", "9", "2",
        today.replace(year=today.year - 1, day=1).isoformat(),
        today.replace(year=today.year + 1, day=1).isoformat(),
    )  # fmt: skip
    form = PlanForm(
        of,
        kind="behavior",
        title="Staying",
        begins_on=today.isoformat(),
        review_on=today.replace(year=today.year + 1, day=1).isoformat(),
        sections=(("needs", "A way to ask"),),
        goals=(goal,),
    )
    made = desk.plans.agree(AgreePlan(new_id(), form)).made
    desk.progress.enter(EnterPoint("leaving", "8"))
    desk.close()
    vault = ("--vault", str(desk.folder.path), "--passphrase-file", str(secret))
    assert say("plans", "list", *vault, "--json") == DONE
    (told,) = json.loads(capsys.readouterr().out)["plans"]
    assert (told["id"], told["kind"], told["goals"]) == (made, "behavior", 1)
    assert say("plans", "list", *vault) == DONE
    assert "Kim Ode: Staying (Behavior)" in capsys.readouterr().out
    assert say("plans", "list", "--closed", *vault) == DONE
    assert "No plan yet." in capsys.readouterr().out
    assert say("plans", "goals", *vault, "--json") == DONE
    (goal_told,) = json.loads(capsys.readouterr().out)["goals"]
    assert (goal_told["newest"], goal_told["proposal"]) == ("8", "collect")
    to = ("--ground", "subject", "--to-whom", "Family", "--why", "Meeting")
    for paper, what in (("plan", ("--plan", made)), ("progress", ("--goal", "leaving"))):
        out = tmp_path / f"{paper}.pdf"
        assert say("report", paper, *what, *to, "--out", str(out), *vault, "--json") == DONE
        assert json.loads(capsys.readouterr().out)["disclosure"]
        assert out.read_bytes().startswith(b"%PDF")
    gone = ("--plan", new_id(), *to, "--out", str(tmp_path / "x.pdf"))
    assert say("report", "plan", *gone, *vault) != DONE
    assert not (tmp_path / "x.pdf").exists()
