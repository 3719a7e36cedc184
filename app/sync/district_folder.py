"""A district's own folder: its keys under a passphrase, and what the next file will say.

    district-keys.age   the age identity and the signing key, under a passphrase
    district.json       name, destinations, policy and packs, and who was invited; no secret

IT keeps the folder; desks get files made from it, each with a higher serial than the last.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.kernel.errors import Refused, Trouble
from app.sync.district_file import (
    LONGEST_LABEL,
    DistrictFile,
    build,
    facts_of,
    invite,
    of_facts,
)
from app.sync.district_keys import DistrictKeys
from app.sync.envelope import is_recipient
from app.sync.signed import Malformed, hexadecimal, object_of
from app.vault.folder import make_folders, read_small, write_atomically

_KEYS, _SETTINGS, _LOCK = "district-keys.age", "district.json", ".district.lock"
_PATIENCE = 10.0
"""Seconds to wait for another command on the same folder."""
_MOST = 8 * 1024 * 1024
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was given a file, and which."""

    id: str
    label: str
    serial: int
    made: str
    schools: tuple[str, ...] = ()
    """Keys of the buildings that may be counted; none: any."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """Of whom nothing is taken: a desk by its id, or whoever showed an invitation."""

    desk: str
    invitation: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What the next file will say, and who was invited so far."""

    content: DistrictFile
    """Its serial is that of the last file; 1 before there was one, with nobody invited."""
    invited: tuple[Invited, ...] = ()
    issued: int = 0
    """How many files were made: the serial of the last."""
    blocked: tuple[Blocked, ...] = ()

    def meant(self, text: str) -> tuple[str, str]:
        """Return the desk or the invitation that is meant by an id or a label; the other is empty.

        Refuses what is neither, and a label of several invitations.
        """
        label = " ".join(text.split()).casefold()
        found = [one for one in self.invited if one.id == text] or [
            one for one in self.invited if one.label.casefold() == label
        ]
        if len(found) > 1:
            ids = ", ".join(one.id for one in found)
            raise Refused("district-desk-several", "desk", text=text, ids=ids)
        if found:
            return "", found[0].id
        if not hexadecimal(text, 32):
            raise Refused("district-desk-unknown", "desk", text=text)
        return text, ""


@dataclass(frozen=True, slots=True)
class DistrictFolder:
    """The folder at `path`."""

    path: Path

    @property
    def keys_file(self) -> Path:
        """Where the keys lie."""
        return self.path / _KEYS

    @property
    def settings_file(self) -> Path:
        """Where the settings lie."""
        return self.path / _SETTINGS

    def init(
        self,
        name: str,
        passphrase: str,
        made: str,
        recipients: tuple[str, ...] = (),
        keys: DistrictKeys | None = None,
    ) -> Settings:
        """Make fresh keys and settings; refuse a folder that has some.

        `recipients` can open what desks send besides the district's own key.
        """
        if self.keys_file.exists() or self.settings_file.exists():
            raise Refused("district-folder-taken", "folder", path=str(self.path))
        for one in recipients:
            if not is_recipient(one):
                raise Refused("recipient-malformed", "recipient")
        keys = keys or DistrictKeys.new()
        sealed = keys.sealed(passphrase)
        settings = Settings(
            DistrictFile(
                1, name, made, tuple(dict.fromkeys((keys.recipient, *recipients))), keys.public
            )
        )
        of_facts(facts_of(settings.content))
        try:
            make_folders(self.path)
            write_atomically(self.keys_file, sealed)
        except OSError as error:
            raise Trouble("disk-trouble", reason=error.strerror) from error
        self.keep(settings)
        return settings

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other commands that change the folder away; raise Trouble `district-busy`.

        What is read in the block and written back in it loses nothing that another one wrote.
        """
        from filelock import FileLock, Timeout

        if not self.settings_file.exists():
            raise Refused("district-folder-empty", "folder", path=str(self.path))
        lock = FileLock(self.path / _LOCK, mode=0o600)
        try:
            lock.acquire(timeout=_PATIENCE)
        except Timeout:
            raise Trouble("district-busy", path=str(self.path)) from None
        except OSError as error:
            raise Trouble("disk-trouble", reason=error.strerror) from error
        try:
            yield
        finally:
            lock.release()

    def keys(self, passphrase: str) -> DistrictKeys:
        """Return the keys; refuse a wrong passphrase."""
        return DistrictKeys.opened(self._read(self.keys_file), passphrase)

    def settings(self) -> Settings:
        """Return the settings; refuse what was changed by hand into something else."""
        data = self._read(self.settings_file)
        try:
            facts = object_of(data, "district-folder-damaged")
            invited = tuple(
                Invited(
                    one["id"], one["label"], one["serial"], one["made"],
                    tuple(str(school) for school in one.get("schools", ())),
                )
                for one in facts["invited"]
            )  # fmt: skip
            blocked = tuple(
                Blocked(str(one["desk"]), str(one["invitation"]), str(one["reason"]), one["at"])
                for one in facts.get("blocked", ())
            )
            content = of_facts(facts["file"])
            return Settings(content, invited, int(facts["issued"]), blocked)
        except Refused as error:
            where = str(error.facts.get("where") or error.code)
            raise Refused(
                "district-folder-damaged", "folder", path=str(self.settings_file), where=where
            ) from None
        except (Malformed, KeyError, TypeError, ValueError):
            raise Refused(
                "district-folder-damaged", "folder", path=str(self.settings_file), where="JSON"
            ) from None

    def keep(self, settings: Settings) -> None:
        """Keep the settings in place of those before."""
        facts: dict[str, Any] = {
            "casewell": "district-folder",
            "version": 1,
            "issued": settings.issued,
            "invited": [
                {
                    "id": one.id,
                    "label": one.label,
                    "serial": one.serial,
                    "made": one.made,
                    "schools": list(one.schools),
                }
                for one in settings.invited
            ],
            "blocked": [
                {
                    "desk": one.desk,
                    "invitation": one.invitation,
                    "reason": one.reason,
                    "at": one.at,
                }
                for one in settings.blocked
            ],
            "file": facts_of(replace(settings.content, invitation=None)),
        }
        text = json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
        try:
            write_atomically(self.settings_file, text.encode())
        except OSError as error:
            raise Trouble("disk-trouble", reason=error.strerror) from error

    def issue(
        self,
        settings: Settings,
        keys: DistrictKeys,
        label: str,
        made: str,
        schools: Sequence[str] = (),
    ) -> bytes:
        """Return the next file, with an invitation for `label`; without a label, for all desks.

        Whoever shows the invitation may count these schools alone, where any are named.
        That it was made is kept before it is returned, so that no two files have one serial.
        """
        if len(label) > LONGEST_LABEL:
            raise Refused("district-label-long", "label", longest=LONGEST_LABEL)
        if settings.content.signing_key != keys.public:
            raise Refused("district-keys-others", "folder", path=str(self.path))
        serial = settings.issued + 1
        invitation = invite(label, made, keys, schools) if label else None
        content = replace(
            settings.content,
            serial=serial,
            made=made,
            recipients=_sealed_to(settings.content.recipients, keys),
            invitation=invitation,
        )
        data = build(content, keys)
        invited = settings.invited
        if invitation is not None:
            made_out = Invited(invitation.id, label, serial, made, invitation.schools)
            invited = (*invited, made_out)
        self.keep(replace(settings, content=content, invited=invited, issued=serial))
        return data

    # -- blocking --------------------------------------------------------------------

    def block(self, text: str, reason: str, at: str) -> Blocked:
        """Let nothing be taken of a desk any more; refuse one that is blocked already."""
        settings = self.settings()
        desk, invitation = settings.meant(text)
        if _find(settings, desk, invitation):
            raise Refused("district-blocked-already", "desk", text=text)
        said = " ".join(reason.split())
        if not 1 <= len(said) <= LONGEST_REASON:
            raise Refused("district-block-reason", "reason", longest=LONGEST_REASON)
        made = Blocked(desk, invitation, said, at)
        self.keep(replace(settings, blocked=(*settings.blocked, made)))
        return made

    def unblock(self, text: str) -> Blocked:
        """Let what a desk sends be taken again; refuse one that is not blocked."""
        settings = self.settings()
        found = _find(settings, *settings.meant(text))
        if found is None:
            raise Refused("district-not-blocked", "desk", text=text)
        left = tuple(one for one in settings.blocked if one != found)
        self.keep(replace(settings, blocked=left))
        return found

    def limit(self, text: str, schools: Sequence[str]) -> Invited:
        """Say anew which schools whoever showed an invitation may count; none: any."""
        settings = self.settings()
        _desk, invitation = settings.meant(text)
        if not invitation:
            raise Refused("district-desk-unknown", "desk", text=text)
        invited = tuple(
            replace(one, schools=tuple(sorted(schools))) if one.id == invitation else one
            for one in settings.invited
        )
        self.keep(replace(settings, invited=invited))
        return next(one for one in invited if one.id == invitation)

    # -- rotating --------------------------------------------------------------------

    def rotate(self, passphrase: str, made: str) -> bytes:
        """Put a fresh age identity in use, keep those before, and return a file that says so.

        The keys are written first: no desk seals to what they do not hold. A rotation that was
        cut off before its file was made is brought to its end, without another identity.
        """
        settings, keys = self.settings(), self.keys(passphrase)
        if settings.content.signing_key != keys.public:
            raise Refused("district-keys-others", "folder", path=str(self.path))
        if keys.recipient in settings.content.recipients:
            keys = keys.rotated(made)
            self._keep_keys(keys, passphrase)
        return self.issue(settings, keys, "", made)

    def retire(self, passphrase: str, recipient: str) -> DistrictKeys:
        """Destroy an earlier identity and return what is left; what was sealed to it stays closed.

        Refuses the identity in use, one that the last file still names, and one that is not here.
        """
        keys = self.keys(passphrase)
        if recipient in (keys.recipient, *self.settings().content.recipients):
            raise Refused("district-key-in-use", "key")
        if recipient not in {one.recipient for one in keys.earlier}:
            raise Refused("district-key-unknown", "key", key=recipient)
        left = keys.without(recipient)
        self._keep_keys(left, passphrase)
        return left

    def _keep_keys(self, keys: DistrictKeys, passphrase: str) -> None:
        try:
            write_atomically(self.keys_file, keys.sealed(passphrase))
        except OSError as error:
            raise Trouble("disk-trouble", reason=error.strerror) from error

    def _read(self, path: Path) -> bytes:
        try:
            data = read_small(path, _MOST)
        except FileNotFoundError:
            raise Refused("district-folder-empty", "folder", path=str(self.path)) from None
        except OSError as error:
            raise Trouble("file-unreadable", path=str(path), reason=error.strerror) from error
        if data is None:
            raise Refused("district-folder-damaged", "folder", path=str(path), where="size")
        return data


def _find(settings: Settings, desk: str, invitation: str) -> Blocked | None:
    wanted = (desk, invitation)
    return next((one for one in settings.blocked if (one.desk, one.invitation) == wanted), None)


def _sealed_to(recipients: Sequence[str], keys: DistrictKeys) -> tuple[str, ...]:
    """Return whom desks seal to: the identity in use in the place of those before it."""
    own = {keys.recipient, *(one.recipient for one in keys.earlier)}
    found = (keys.recipient if one in own else one for one in recipients)
    return tuple(dict.fromkeys(found))
