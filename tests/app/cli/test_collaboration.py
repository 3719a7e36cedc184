"""`casewell collaboration` and the blank form, on a real vault."""

import json
from pathlib import Path

import pytest

from app.cli import DONE, run
from app.features.collaboration.model.concerns import Decision
from app.features.collaboration.model.contacts import Result
from app.paper.preview import page_texts
from collaboration_desk import ABSENCES, SELF_HARM, CollaborationDesk


def ask(vault: Path, secret: Path, *words: str) -> int:
    return run(
        [*words, "--vault", str(vault), "--passphrase-file", str(secret)],
        lambda _vault, _secret: DONE,
    )


def test_concerns_contacts_and_the_form_are_told(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = CollaborationDesk(tmp_path)
    decided = desk.concern(ABSENCES)
    desk.decide(decided, Decision.GROUP)
    desk.concern(SELF_HARM)
    first = desk.contact(next_on="2026-11-23")
    desk.contact(Result.LEFT_MESSAGE, matter_id=first)
    desk.desk.close()
    vault = desk.desk.folder.path
    assert ask(vault, secret, "collaboration", "concerns", "--json") == DONE
    (concern,) = json.loads(capsys.readouterr().out)["concerns"]
    assert (concern["danger"], concern["open_danger"]) == (["self_harm"], True)
    assert ask(vault, secret, "collaboration", "concerns", "--which", "decided") == DONE
    assert "Ocampo, Mateo: Iris Vandermeer (Teacher). Accepted" in capsys.readouterr().out
    assert ask(vault, secret, "collaboration", "contacts", "--waiting", "--json") == DONE
    (contact,) = json.loads(capsys.readouterr().out)["contacts"]
    assert (contact["attempts"], contact["result"]) == (2, "left_message")
    out = tmp_path / "form.pdf"
    assert ask(vault, secret, "report", "concern-form", "--out", str(out)) == DONE
    text = " ".join(page_texts(out.read_bytes()))
    assert "Concern about a student" in text
    assert "In how many weeks" in text
    assert "Ocampo" not in text
    assert "Grace" not in text
    capsys.readouterr()
