"""The manifest of a OneRoster export: version, sender, and what each file's silence means."""

from dataclasses import dataclass, field

from app.features.roster.model import Mode
from app.features.roster.reading.findings import Findings, refusal
from app.features.roster.reading.limits import Limits
from app.features.roster.reading.source import ONEROSTER_NAMES, Source
from app.features.roster.reading.text import header_key, read_sheet

_MANIFEST = "manifest.csv"
_VERSIONS = ("1.1", "1.2")
_MODES = "bulk, delta, absent"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Properties in lower case with their line; empty when the export has no manifest."""

    file: str = ""
    values: dict[str, tuple[str, int]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Return a property in lower case, empty when it is not said."""
        return self.values.get(name, ("", 0))[0].lower()

    def line_of(self, name: str) -> int | None:
        """Return the line a property stands on."""
        found = self.values.get(name)
        return found[1] if found else None

    @property
    def version(self) -> str:
        """The OneRoster version without its third number, empty when it is not said."""
        return ".".join(self.value("oneroster.version").split(".")[:2])

    @property
    def source_system(self) -> str:
        """The sender's own name, else its code."""
        for name in ("source.systemname", "source.systemcode"):
            text = self.values.get(name, ("", 0))[0]
            if text and text.lower() not in {"absent", "bulk", "delta"}:
                return text
        return ""


def read_manifest(source: Source, findings: Findings, limits: Limits) -> Manifest:
    """Return the manifest; refuse an unknown version, an unknown mode and contradictions."""
    if _MANIFEST not in source.names:
        findings.note("line-manifest-missing", source.shown, expected=_MANIFEST)
        return Manifest()
    name = source.names[_MANIFEST]
    sheet = read_sheet(source.read(_MANIFEST), name, findings, limits)
    keys = [header_key(header) for header in sheet.header]
    if "propertyname" not in keys or "value" not in keys:
        raise refusal(
            "roster-header-missing",
            name,
            sheet.header_line,
            "propertyName",
            expected="propertyName,value",
        )
    at_name, at_value = keys.index("propertyname"), keys.index("value")
    values: dict[str, tuple[str, int]] = {}
    for line, row in sheet.walk():
        prop, value = row[at_name].lower(), row[at_value]
        if not prop:
            continue
        known = values.get(prop)
        if known is not None and value and known[0] and known[0].lower() != value.lower():
            raise refusal("roster-manifest-conflict", name, line, row[at_name], known[0])
        if prop.startswith("file.") and value.lower() not in {"", "bulk", "delta", "absent"}:
            raise refusal("roster-manifest-mode", name, line, row[at_name], _MODES)
        if known is None or not known[0]:
            values[prop] = (value, line)
    manifest = Manifest(name, values)
    if manifest.version not in {"", "1.0", *_VERSIONS}:
        raise refusal(
            "roster-version",
            name,
            manifest.line_of("oneroster.version"),
            "oneroster.version",
            ", ".join(_VERSIONS),
        )
    if manifest.version not in _VERSIONS:
        findings.note(
            "line-manifest-version",
            name,
            manifest.line_of("oneroster.version") or 0,
            "oneroster.version",
            expected=", ".join(_VERSIONS),
        )
    return manifest


def file_modes(
    source: Source, manifest: Manifest, kinds: tuple[str, ...], findings: Findings
) -> dict[str, Mode]:
    """Return the mode of each of `kinds` that is there; refuse a promised file that is not.

    A file whose mode is not said is read as the others are: as changes when the manifest
    names changes anywhere, as everything otherwise.
    """
    said = {manifest.value(f"file.{kind.lower()}") for kind in kinds}
    fallback = Mode.DELTA if "delta" in said and "bulk" not in said else Mode.BULK
    modes: dict[str, Mode] = {}
    for kind in kinds:
        prop = f"file.{kind.lower()}"
        mode = manifest.value(prop)
        there = f"{kind.lower()}.csv" in source.names
        if not there:
            if mode in {"bulk", "delta"}:
                raise refusal(
                    "roster-file-missing",
                    manifest.file,
                    manifest.line_of(prop),
                    f"file.{kind}",
                    f"{kind}.csv",
                )
            continue
        if mode in {"bulk", "delta"}:
            modes[kind] = Mode(mode)
            continue
        modes[kind] = fallback
        if manifest.file:
            code = "line-file-undeclared" if mode == "absent" else "line-mode-assumed"
            findings.note(
                code,
                manifest.file,
                manifest.line_of(prop) or 0,
                f"file.{kind}",
                mode,
                fallback.value if code == "line-mode-assumed" else "bulk, delta",
            )
    _check_other_files(source, manifest, findings)
    return modes


def _check_other_files(source: Source, manifest: Manifest, findings: Findings) -> None:
    for name, written in source.names.items():
        if name not in ONEROSTER_NAMES:
            findings.note("line-file-unknown", written)
    for prop, (value, line) in manifest.values.items():
        if not prop.startswith("file.") or value.lower() not in {"bulk", "delta"}:
            continue
        name = prop.removeprefix("file.") + ".csv"
        if name not in ONEROSTER_NAMES:
            findings.note("line-manifest-unknown-file", manifest.file, line, prop)
        elif name not in source.names:
            findings.note("line-file-missing-unread", manifest.file, line, prop, expected=name)
