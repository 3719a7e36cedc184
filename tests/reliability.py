"""Writes docs/reliability.md out of what the drills recorded.

    python tests/reliability.py RESULTS

Every line of RESULTS/*.jsonl (see tests/faults/record.py) takes its place in
docs/reliability.jsonl, where the last run of each drill in each form is kept, and the
table is written of that. A drill's release form is shown where there is one.
"""

import json
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
FORMS = ("release", "part of release", "CI")

DRILLS: dict[str, tuple[str, str]] = {
    "R1": (
        "The program is killed while someone works",
        (
            "Killing a process loses nothing that the system holds for it: what a power cut does is "
            "R2. The moments are random; no run meets all of them."
        ),
    ),
    "R2": (
        "The power is cut",
        (
            "The disk is a model: it drops, reorders and tears what was not synced, by 512-byte "
            "sectors, and keeps what was. A disk that says it synced and did not loses more, and no "
            "program can help that. The work that was recorded is one, not every one."
        ),
    ),
    "R3": (
        "Killed while keys change, a file is upgraded or a backup is restored",
        "As R1: random moments, and no power cut.",
    ),
    "R4": (
        "The disk fills up",
        (
            "System calls answer as those of a full disk do, and a small disk in memory is filled. A "
            "disk that runs full over a network may answer later and otherwise."
        ),
    ),
    "R5": (
        "The disk answers with errors",
        (
            "Errors are put in the place of system calls, one call at a time or from one call on. "
            "A disk that answers wrongly and says nothing is R8."
        ),
    ),
    "R6": (
        "Read-only media, lost permission, shared and synced folders",
        "Network shares and synced folders are told by their marks; no real service is asked.",
    ),
    "R7": ("The clock is wrong", "A clock that jumps in the middle of one commit is not tried."),
    "R8": (
        "Files are damaged or put back",
        (
            "A whole vault put back together with its keybag and every backup that is in reach is "
            "only seen on paper: by the journal's head printed on what left the desk."
        ),
    ),
    "R9": (
        "A damaged vault is salvaged",
        "Damage is made of pages; a broken disk may lose more at once.",
    ),
    "R10": (
        "A vault of an earlier release is opened",
        "Only schemas that were released are tried, each as it was made by its program.",
    ),
    "R11": (
        "A backup is opened and compared",
        "That a medium keeps what it held on the day of the test is not shown.",
    ),
    "R12": (
        "Files that lie are read",
        (
            "The inputs grow from a small corpus at random; what nobody thought of, and the random "
            "numbers did not meet, was not tried. Libraries are tried only as far as we call them."
        ),
    ),
    "R13": (
        "What is left of a note outside the vault",
        (
            "Memory that was swapped to disk, a sleeping laptop, and what another program copied "
            "off the screen are out of reach."
        ),
    ),
    "R14": ("Two laptops at one caseload", "Comes with the sync of two laptops."),
    "R15": (
        "A school day at the desk, faster than life",
        (
            "Eight hours of events pass in minutes on a clock that runs ahead: what grows with real "
            "time, and not with the work, is not seen."
        ),
    ),
    "R16": (
        "The keyring is gone, changed or locked",
        "One Secret Service is tried; those of other systems are not.",
    ),
}

HEAD = """\
# What was tried, and what was lost

This page is written by the drills themselves: `tests/drills.sh` runs them and then
`tests/reliability.py`, which fills in the table from what each of them recorded. Nobody types a
number here. The recorded lines are in [reliability.jsonl](reliability.jsonl).

- **Tried** is how often it was done in the last run, and of what.
- **Lost** is how often a promise was broken: an acknowledged record missing, a vault that does not
  open or does not verify, a secret found where none may be, damage not seen.
- **Positive control** is the proof that the drill can fail: something was broken on purpose, and
  this is what the same drill then said.
- **Form**: *release* is the full number asked of a release (`tests/drills.sh`), *CI* the short form
  that every change must pass (`tests/drills.sh --short`, and `./check`), *part of release* a long
  run that did not reach the full number.
"""


def key(line: dict[str, Any]) -> tuple[str, str, str]:
    """Return what one line replaces another by."""
    return (str(line["test"]), str(line["what"]), str(line["form"]))


def merged(kept: list[dict[str, Any]], fresh: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the last run of each drill and form; runs of one time are counted together."""
    lines = {key(line): line for line in kept}
    seen: set[tuple[str, str, str]] = set()
    for line in fresh:
        name = key(line)
        if name in seen:
            first = lines[name]
            first["tried"] += line["tried"]
            first["lost"] += line["lost"]
            for part in ("control", "note"):
                if line[part] and line[part] not in first[part]:
                    first[part] = f"{first[part]}; {line[part]}" if first[part] else line[part]
        else:
            lines[name] = dict(line)
            seen.add(name)
    return sorted(lines.values(), key=order)


def order(line: dict[str, Any]) -> tuple[int, str, int]:
    """Return a line's place: by number, then by what was done, the fullest form first."""
    digits = "".join(sign for sign in str(line["test"]) if sign.isdigit())
    return (int(digits or 99), str(line["what"]), FORMS.index(line["form"]))


def fullest(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one line for each thing done: its fullest form."""
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for line in sorted(lines, key=order):
        best.setdefault((line["test"], line["what"]), line)
    return list(best.values())


def gathered(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return single cases of one kind (`database: cut to nothing: …`) as one line."""
    out: list[dict[str, Any]] = []
    kinds: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for line in lines:
        kind, colon, case = str(line["what"]).partition(": ")
        if not colon or line["tried"] > 2:
            out.append(line)
            continue
        name = (line["test"], kind, line["form"], line["control"])
        if name in kinds:
            one = kinds[name]
            one["tried"] += line["tried"]
            one["lost"] += line["lost"]
            one["what"] += f"; {case}"
        else:
            kinds[name] = dict(line)
            out.append(kinds[name])
    return out


def cell(text: str) -> str:
    """Return text as it may stand in a table's cell."""
    return " ".join(text.split()).replace("|", "\\|")


def page(lines: list[dict[str, Any]]) -> str:
    """Return the page."""
    shown = fullest(lines)
    out = [HEAD]
    out.append("| Test | What was done | Tried | Lost | Positive control | Form | On |")
    out.append("|---|---|---:|---:|---|---|---|")
    for line in gathered(shown):
        done = cell(line["what"]) + (f" ({cell(line['note'])})" if line["note"] else "")
        form = line["form"]
        if form != "release" and line.get("asked"):
            form += f"; a release asks {line['asked']:,}"
        tried = f"{line['tried']:,} {cell(line['of'])}".strip()
        control = cell(line["control"]) or "–"
        out.append(
            f"| {line['test']} | {done} | {tried} | {line['lost']:,} | {control} | {form}"
            f" | {line['on']} |"
        )
    stacks = sorted(
        {
            f"Python {line['python']}, SQLite {line['sqlite']}, SQLCipher {line['sqlcipher']},"
            f" {line['system']}"
            for line in shown
        }
    )
    out.append("\nRun with " + "; ".join(stacks) + ".\n")
    ran = {line["test"] for line in shown}
    missing = [test for test in DRILLS if test not in ran]
    if missing:
        out.append("Not recorded in any form yet: " + ", ".join(missing) + ".\n")
    out.append("## What each drill can not show\n")
    for test, (title, limit) in DRILLS.items():
        out.append(f"- **{test} · {title}.** {limit}")
    return "\n".join(out) + "\n"


def read(files: list[Path]) -> list[dict[str, Any]]:
    """Return the lines of the files, in order."""
    return [
        json.loads(line)
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def main(results: Path, docs: Path = DOCS) -> None:
    """Take in the results and write the page."""
    store = docs / "reliability.jsonl"
    kept = read([store]) if store.exists() else []
    lines = merged(kept, read(sorted(results.glob("*.jsonl"))))
    text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines)
    store.write_text(text, encoding="utf-8")
    (docs / "reliability.md").write_text(page(lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
