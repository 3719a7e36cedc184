"""The command line of the process that follows a lock: nothing but where the vault stands."""

import os
import sys

import pytest

from ui.shell import relaunch


def test_the_interpreter_begins_the_same_module_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "frozen", raising=False)
    monkeypatch.setattr(sys, "warnoptions", ["error::ResourceWarning"])
    line = relaunch.command(["--locked", "--vault", "/v"])
    assert line[0] == sys.executable
    assert "-Werror::ResourceWarning" in line
    assert line[-5:] == ["-m", "ui.shell.launch", "--locked", "--vault", "/v"]


def test_a_frozen_program_begins_itself_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert relaunch.command(["--locked"]) == [sys.executable, "--locked"]


@pytest.mark.skipif(sys.platform == "win32", reason="there a second process is begun")
def test_a_process_that_cannot_be_followed_ends_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[int] = []

    def cannot(_program: str, _line: list[str]) -> None:
        raise OSError("no such program")

    monkeypatch.setattr(os, "execv", cannot)
    monkeypatch.setattr(os, "_exit", ended.append)
    with pytest.raises(OSError, match="no such program"):
        relaunch.relaunch(["--locked"])
    assert ended == [1]
