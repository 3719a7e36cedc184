"""A whole day at the desk writes into the vault, its backups, two small files and nowhere else."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.kernel.clock import SystemClock
from faults.disk_model import can_trace
from faults.failing_places import Around, failing_places
from faults.residue import files_with, forms
from vaults import PASSPHRASE, new_desk

DAY = Path(__file__).with_name("whole_day.py")
ROOT = Path(__file__).parents[2]
ROSTER = ROOT / "tests/data/rosters/oneroster-1.1-small.zip"
CANARY = "zinnober-quokka-day"
SAVED = ("summary.pdf", "summary.fhir.json", "summary.json")
CALLS = "openat,open,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat"
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
_PATH = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
SYSTEM = re.compile(r"^/(dev|proc|sys)/")

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux’s"),
]


@dataclass
class Seen:
    """What one day wrote: paths, in the order they were first met."""

    home: Path
    vault: Path
    out: Path
    temp: Path
    acks: Path
    around: Around
    said: bytes
    """What it wrote to its standard streams."""
    paths: list[Path] = field(default_factory=list)

    def strangers(self) -> list[str]:
        """Return what was written where nothing is allowed to be."""
        data = self.home / ".local/share/Casewell"
        allowed = {
            self.acks, self.out / "rows.xlsx", self.out / "rows.xlsx.part",
            *(self.out / f"{name}{part}" for name in SAVED for part in ("", ".part")),
            data / "device.json", data / "device.json.new",
        }  # fmt: skip
        folders = (
            self.vault,
            self.vault.with_name(f"{self.vault.stem}.backups"),
            # Which fonts there are: made anew by Fontconfig on each computer, of no content.
            self.home / ".cache/fontconfig",
        )
        ways = {data, *data.parents, *(self.home / ".cache").parents, self.home / ".cache"}
        return [
            str(path)
            for path in self.paths
            if path not in allowed
            and path not in ways
            and not any(path == folder or folder in path.parents for folder in folders)
        ]


def written(trace: Path, cwd: Path) -> list[Path]:
    """Return what was opened for writing, made, or given a name, by what strace has seen."""
    halves: dict[str, str] = {}
    found: dict[Path, None] = {}
    for raw in trace.read_text(encoding="ascii", errors="replace").splitlines():
        line = raw
        thread = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            halves[thread] = line.removesuffix("<unfinished ...>").rstrip()
            continue
        rest = re.match(r"^\d+ +<\.\.\. \w+ resumed>(.*)$", line)
        if rest:
            line = halves.pop(thread, "") + rest[1]
        call = _CALL.match(line)
        if call is None or int(call[3]) < 0:
            continue
        what, given = call[1], call[2]
        if what in {"open", "openat"} and not re.search(r"O_WRONLY|O_RDWR|O_CREAT", given):
            continue
        paths = [bytes.fromhex(each.replace("\\x", "")) for each in _PATH.findall(given)]
        if not paths:
            continue
        path = Path(os.fsdecode(paths[-1]))
        path = Path(os.path.normpath(cwd / path))
        if not SYSTEM.match(str(path)):
            found[path] = None
    return list(found)


def day(place: Path, *options: str) -> Seen:
    """Live one day under strace."""
    sandbox = {name: place / name for name in ("profile", "temp", "work", "vaults", "out")}
    for folder in sandbox.values():
        folder.mkdir(parents=True)
    desk = new_desk(sandbox["vaults"], clock=SystemClock())
    desk.caseload.add_student(AddStudent(Profile(given_name="Typhoon", family_name="Testperson")))
    desk.close()
    acks, trace = place / "acks", place / "trace"
    environment = {
        **os.environ,
        "HOME": str(sandbox["profile"]),
        "TMPDIR": str(sandbox["temp"]),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "QT_QPA_PLATFORM": "offscreen",
        # What a person who looks for a fault may have set.
        "RUST_LOG": "trace",
        "RUST_BACKTRACE": "full",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONDEVMODE": "1",
    }
    vault = desk.folder.path
    line = [
        "strace", "-f", "--seccomp-bpf", "-xx", "-s", "4096", "-e", f"trace={CALLS}",
        "-e", "signal=none", "-o", str(trace),
        sys.executable, str(DAY), str(vault), PASSPHRASE, str(acks), CANARY, str(ROSTER),
        str(sandbox["out"]), *options,
    ]  # fmt: skip
    scans = place / "scans"
    scans.mkdir()
    said = place / "said"
    with failing_places(scans, CANARY) as around, said.open("wb") as streams:
        process = subprocess.Popen(
            line, cwd=sandbox["work"], env=environment,
            stdin=subprocess.PIPE, stdout=streams, stderr=streams,
        )  # fmt: skip
        lived(process, acks, around)
    told = acks.read_text().split("\n")
    for step in ("searched", "imported", "previewed", "saved", "scan seen", "district joined",
                 f"failed {' '.join(sorted(around.codes))}", "backed up"):  # fmt: skip
        assert step in told, (step, told, said.read_text()[-2000:])
    assert any(each.startswith("signed ") for each in told)
    seen = Seen(
        sandbox["profile"], vault, sandbox["out"], sandbox["temp"], acks, around, said.read_bytes()
    )
    seen.paths = written(trace, sandbox["work"])
    return seen


def lived(process: "subprocess.Popen[bytes]", acks: Path, around: Around) -> None:
    """Wait until the desk has lived its day and shows the lock screen; then end it."""
    assert process.stdin is not None
    try:
        process.stdin.write(around.line())
        process.stdin.close()
        until = time.monotonic() + 90
        while time.monotonic() < until:
            if process.poll() is not None:
                break
            if acks.exists() and "backed up" in acks.read_text() and relaunched(process.pid):
                break
            time.sleep(0.1)
        time.sleep(2.0)  # the lock screen has come up
    finally:
        for child in children(process.pid):
            os.kill(child, 9)
        process.kill()
        process.wait()


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []


def relaunched(pid: int) -> bool:
    """Tell whether the traced desk has locked: its process began anew."""
    return any(
        b"--locked" in Path(f"/proc/{child}/cmdline").read_bytes() for child in children(pid)
    )


def test_a_whole_day_writes_only_where_it_may(tmp_path: Path) -> None:
    if not can_trace(tmp_path):
        pytest.skip("strace may not watch a process here")
    seen = day(tmp_path / "day")
    assert seen.strangers() == []
    met = {path.name for path in seen.paths}
    parts = {f"{name}.part" for name in SAVED}
    assert {"device.json.new", "rows.xlsx.part", *parts} <= met, "strace has seen"
    assert any(seen.vault in path.parents for path in seen.paths)
    assert list(seen.temp.iterdir()) == []
    # The files that are allowed beside the vault hold nothing of it: no note, no name.
    names = [*forms(CANARY), *forms("Testperson")]
    everywhere = [seen.home, seen.temp, seen.vault.parent, tmp_path / "day/work"]
    assert files_with(everywhere, [*names, *seen.around.secrets]) == []
    # What was saved names whom it is about, and holds nothing of what opens a place.
    assert len(files_with([seen.out], forms("Testperson"))) == 2
    assert files_with([seen.out], seen.around.secrets) == []
    assert [one for one in (*names, *seen.around.secrets) if one in seen.said] == []


@pytest.mark.slow
def test_a_file_that_is_written_elsewhere_would_be_seen(tmp_path: Path) -> None:
    """The positive control with the desk itself."""
    if not can_trace(tmp_path):
        pytest.skip("strace may not watch a process here")
    seen = day(tmp_path / "day", "leaky")
    (copy,) = files_with([seen.temp], forms(CANARY))
    strangers = [Path(each) for each in seen.strangers()]
    assert copy in strangers
    assert {each.parent for each in strangers} == {seen.temp}
    assert CANARY.encode() in seen.said


def test_the_reader_of_the_trace_sees_every_way_of_writing(tmp_path: Path) -> None:
    """The positive control in short: a program that writes in six ways."""
    if not can_trace(tmp_path):
        pytest.skip("strace may not watch a process here")
    script = """
import os, pathlib
pathlib.Path("a").write_text("x")
os.close(os.open("b", os.O_RDWR | os.O_CREAT))
os.rename("a", "c"); os.link("c", "d"); os.symlink("c", "e"); os.mkdir("f")
pathlib.Path("c").read_text()
"""
    subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-xx", "-s", "4096", "-e", f"trace={CALLS}",
         "-e", "signal=none", "-o", str(tmp_path / "trace"), sys.executable, "-c", script],
        cwd=tmp_path, check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    names = {path.name for path in written(tmp_path / "trace", tmp_path)}
    assert names == {"a", "b", "c", "d", "e", "f"}
