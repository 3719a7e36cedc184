"""A disk that keeps what was synced, and of the rest what chance wills: for power cuts.

`recorded` runs a program under strace and returns what it did to the files below one
folder, together with what it said of it (its marks). `Disk` does the same again, call by
call, and `after_cut` leaves a folder as it may be found when the power goes at that moment:

- what a file was told to sync is there;
- of later writes to it, each is there, or not, or in part, by sectors of 512 bytes, in any
  order; where a file grew, a sector that was not written may hold rubbish;
- names that were made, moved or removed in a folder since it was last synced are, each for
  itself, as before or as after; a move is never half done.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SECTOR = 512
CALLS = (
    "open,openat,creat,close,dup,dup2,dup3,write,pwrite64,writev,pwritev,pwritev2,lseek,"
    "fsync,fdatasync,ftruncate,truncate,fallocate,rename,renameat,renameat2,link,linkat,"
    "unlink,unlinkat,mkdir,mkdirat,rmdir,copy_file_range,sendfile"
)
_LINE = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
_HALF = re.compile(r"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
_REST = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that changed a file, a folder or what is durable; `mark` is what was said."""

    what: str
    node: int = 0
    at: int = 0
    data: bytes = b""
    name: str = ""
    to: int = 0
    new_name: str = ""
    child: int = 0


def can_trace(folder: Path) -> bool:
    """Tell whether strace is here and may watch a process."""
    strace = shutil.which("strace")
    return strace is not None and not subprocess.call(
        [strace, "-f", "-o", str(folder / "nothing"), "true"], stderr=subprocess.DEVNULL
    )


def traced(command: list[str], trace: Path, environment: dict[str, str], cwd: Path) -> None:
    """Run a program and write its calls to `trace`."""
    subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-xx", "-s", "8000000", "-e", f"trace={CALLS}",
         "-e", "signal=none", "-o", str(trace), *command],
        env=environment, cwd=cwd, check=True, timeout=100,
    )  # fmt: skip


def _lines(trace: Path) -> Iterator[str]:
    """Yield calls whole, also those during which another thread was heard."""
    halves: dict[str, str] = {}
    with trace.open(encoding="ascii", errors="replace") as file:
        for line in file:
            half = _HALF.match(line.rstrip("\n"))
            if half:
                halves[half[1]] = f"{half[1]} {half[2]}({half[3]}"
                continue
            rest = _REST.match(line.rstrip("\n"))
            if rest:
                yield halves.pop(rest[1]) + rest[3]
                continue
            yield line.rstrip("\n")


def _bytes(text: str) -> bytes:
    if not (text.startswith('"') and text.endswith('"')):
        raise ValueError(f"a text of the trace was cut: {text[:40]}")
    return bytes.fromhex(text[1:-1].replace("\\x", ""))


class _Reader:
    """Follows descriptors, names and offsets, and says what happened below `root`."""

    def __init__(self, root: Path, marks: Path) -> None:
        self.root, self.marks = str(root), str(marks)
        self.tree: dict[int, dict[str, int]] = {0: {}}
        self.fresh = 1
        self.open: dict[str, tuple[int, str]] = {}
        self.offset: dict[str, int] = {}
        self.size: dict[int, int] = {}

    def inside(self, path: str) -> tuple[int, str] | None:
        """Return the folder's node and the name in it, or None outside the root."""
        if path == self.root:
            return (-1, "")
        # What SQLite keeps in memory shared between processes is made anew after a crash.
        if path.endswith("-shm"):
            return None
        if not path.startswith(self.root + "/"):
            return None
        *folders, name = path[len(self.root) + 1 :].split("/")
        node = 0
        for folder in folders:
            node = self.tree[node][folder]
        return node, name

    def path(self, base: str, text: str) -> str:
        name = _bytes(text).decode()
        if name.startswith("/"):
            return name.rstrip("/")
        if base == "AT_FDCWD" or base not in self.open:
            return name
        return f"{self.open[base][1]}/{name}"

    def node(self) -> int:
        self.fresh += 1
        return self.fresh - 1

    def calls(self, name: str, args: list[str], result: str) -> Iterator[Call]:
        """Yield what one system call did."""
        if name in {"open", "openat", "creat"}:
            yield from self._opened(name, args, result)
        elif name == "close":
            self.open.pop(args[0], None)
        elif name in {"unlink", "rmdir", "unlinkat"}:
            path = self.path(*args[:2]) if name == "unlinkat" else self.path("", args[0])
            place = self.inside(path)
            if place and place[1]:
                self.tree[place[0]].pop(place[1])
                yield Call("del", place[0], name=place[1])
        elif name in {"mkdir", "mkdirat"}:
            path = self.path(*args[:2]) if name == "mkdirat" else self.path("", args[0])
            place = self.inside(path)
            if place and place[1]:
                child = self.tree[place[0]][place[1]] = self.node()
                self.tree[child] = {}
                yield Call("mkdir", place[0], name=place[1], child=child)
        elif name in {"rename", "renameat", "renameat2"}:
            old, new = (
                (self.path("", args[0]), self.path("", args[1]))
                if name == "rename"
                else (self.path(*args[:2]), self.path(*args[2:4]))
            )
            one, other = self.inside(old), self.inside(new)
            if one and other:
                child = self.tree[one[0]].pop(one[1])
                self.tree[other[0]][other[1]] = child
                yield Call("move", one[0], name=one[1], to=other[0], new_name=other[1], child=child)
        elif args[0] in self.open:
            yield from self._on_file(name, args, result)

    def _opened(self, name: str, args: list[str], result: str) -> Iterator[Call]:
        base, text = (args[0], args[1]) if name == "openat" else ("", args[0])
        flags = args[2] if name == "openat" else args[1] if name == "open" else "O_CREAT|O_TRUNC"
        path = self.path(base, text)
        if path == self.marks:
            self.open[result] = (-2, path)
            return
        place = self.inside(path)
        if place is None:
            self.open.pop(result, None)
            return
        if not place[1]:
            self.open[result] = (0, path)
            return
        folder = self.tree[place[0]]
        if place[1] not in folder:
            folder[place[1]] = self.node()
            yield Call("make", place[0], name=place[1], child=folder[place[1]])
        node = folder[place[1]]
        self.open[result] = (node, path)
        self.offset[result] = 0
        if "O_TRUNC" in flags and self.size.get(node):
            self.size[node] = 0
            yield Call("cut", node, 0)
        if "O_APPEND" in flags:
            self.offset[result] = self.size.get(node, 0)

    def _on_file(self, name: str, args: list[str], result: str) -> Iterator[Call]:
        descriptor = args[0]
        node, _path = self.open[descriptor]
        done = int(result)
        if node == -2:
            if name == "write":
                yield Call("mark", name=_bytes(args[1]).decode())
        elif name in {"fsync", "fdatasync"}:
            yield Call("sync", node)
        elif name in {"write", "pwrite64"}:
            at = int(args[3]) if name == "pwrite64" else self.offset[descriptor]
            if name == "write":
                self.offset[descriptor] += done
            self.size[node] = max(self.size.get(node, 0), at + done)
            yield Call("write", node, at, _bytes(args[1])[:done])
        elif name == "ftruncate":
            self.size[node] = int(args[1])
            yield Call("cut", node, int(args[1]))
        elif name == "lseek":
            self.offset[descriptor] = done
        elif name != "fallocate":
            raise ValueError(f"the model of the disk does not know {name}")


def read_trace(trace: Path, root: Path, marks: Path) -> list[Call]:
    """Return what was done below `root`, and what was said in `marks`, in order."""
    reader = _Reader(root, marks)
    calls: list[Call] = []
    for line in _lines(trace):
        found = _LINE.match(line)
        if found and int(found[3]) >= 0:
            calls.extend(reader.calls(found[1], found[2].split(", "), found[3]))
    return calls


def _write(content: bytearray, at: int, data: bytes) -> None:
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


def _cut(content: bytearray, size: int) -> None:
    if len(content) > size:
        del content[size:]
    else:
        content.extend(bytes(size - len(content)))


@dataclass(slots=True)
class Disk:
    """What is durable, and what was done since and may be lost."""

    content: dict[int, bytearray] = field(default_factory=dict)
    names: dict[int, dict[str, int]] = field(default_factory=lambda: {0: {}})
    written: dict[int, list[Call]] = field(default_factory=dict)
    renamed: list[Call] = field(default_factory=list)
    """Names made, moved or removed in folders that were not synced since."""

    def do(self, call: Call) -> None:
        """Do one call."""
        if call.what in {"write", "cut"}:
            self.written.setdefault(call.node, []).append(call)
        elif call.what in {"make", "mkdir", "del", "move"}:
            if call.what == "make":
                self.content[call.child] = bytearray()
            elif call.what == "mkdir":
                self.names[call.child] = {}
            self.renamed.append(call)
        elif call.what == "sync":
            for one in self.written.pop(call.node, []):
                self._apply(self.content[one.node], one)
            kept = []
            for one in self.renamed:
                if call.node in {one.node, one.to if one.what == "move" else one.node}:
                    _rename(self.names, one)
                else:
                    kept.append(one)
            self.renamed = kept

    @staticmethod
    def _apply(content: bytearray, call: Call) -> None:
        if call.what == "cut":
            _cut(content, call.at)
        else:
            _write(content, call.at, call.data)

    def after_cut(self, dice: Random) -> dict[str, bytes | None]:
        """Return a state the disk may be found in: paths with their bytes, None for folders."""
        keep = dice.choice((0.0, 0.1, 0.4, 0.7, 0.95, 1.0))
        tear = dice.choice((0.0, 0.3, 0.6)) if 0 < keep < 1 else 0.0
        names = {node: dict(entries) for node, entries in self.names.items()}
        for call in self.renamed:
            if dice.random() < keep:
                _rename(names, call)
        found: dict[str, bytes | None] = {}
        self._walk(names, 0, "", found, dice, keep, tear)
        return found

    def _walk(
        self,
        names: dict[int, dict[str, int]],
        folder: int,
        path: str,
        found: dict[str, bytes | None],
        dice: Random,
        keep: float,
        tear: float,
    ) -> None:
        for name, node in names[folder].items():
            place = f"{path}{name}"
            if node in names:
                found[place] = None
                self._walk(names, node, f"{place}/", found, dice, keep, tear)
                continue
            content = bytearray(self.content[node])
            for call in self.written.get(node, ()):
                if call.what == "cut" or dice.random() >= tear:
                    if dice.random() < keep:
                        self._apply(content, call)
                else:
                    _tear(content, call, dice)
            found[place] = bytes(content)


def _tear(content: bytearray, call: Call, dice: Random) -> None:
    """Write some sectors of a call; one that is new to the file may hold rubbish instead."""
    durable = len(content)
    for start in range(0, len(call.data), SECTOR):
        at, data = call.at + start, call.data[start : start + SECTOR]
        chance = dice.random()
        if chance < 0.5:
            _write(content, at, data)
        elif chance < 0.55 and at >= durable:
            _write(content, at, dice.randbytes(len(data)))


def _rename(names: dict[int, dict[str, int]], call: Call) -> None:
    folder = names.get(call.node)
    if call.what in {"make", "mkdir"}:
        if folder is not None:
            folder[call.name] = call.child
    elif call.what == "del":
        if folder is not None:
            folder.pop(call.name, None)
    else:
        if folder is not None and folder.get(call.name) == call.child:
            del folder[call.name]
        names[call.to][call.new_name] = call.child


def put(state: dict[str, bytes | None], folder: Path) -> None:
    """Make `folder` hold what was found."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, content in state.items():
        if content is None:
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(content)
