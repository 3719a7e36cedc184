"""Lets the demonstration's vault belong to a district, whose share is a folder beside it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.features.district.commands import LoadDistrictFile
from app.kernel.clock import Moment
from app.kernel.documents import SummaryKind
from app.sync.district_file import (
    DistrictFile,
    Place,
    Policy,
    SigningAge,
    SmallCells,
    Standing,
    build,
    fingerprint,
    invite,
)
from app.sync.district_folder import DistrictFolder
from app.sync.district_keys import DistrictKeys
from app.sync.parcels import Address, Carrier
from app.sync.target import new_id

if TYPE_CHECKING:
    from app.bootstrap import Desk

DISTRICT_PASSPHRASE = "brass bells over the river road"  # noqa: S105 - of an invented district
"""Of the demonstration's district: it guards what invented desks send."""
NAME = "Three Rivers School District"
SHARE, KEYS = "district/share", "district/keys"
"""Where, in the demonstration's folder, desks deliver, and IT keeps the keys."""


def join_district(
    desk: "Desk", now: Moment, home: Path, keys_at: Path | None = None
) -> DistrictKeys:
    """Make a district with a share under `home`, let the vault take its file; return its keys.

    With `keys_at`, IT's folder is made there, so that what the desk sends can be collected.
    """
    keys = DistrictKeys.new()
    content = _file(keys, now, home / SHARE)
    if keys_at is None:
        data = build(replace(content, invitation=invite(desk.vault[:8], now.at, keys)), keys)
    else:
        folder = DistrictFolder(keys_at)
        made = folder.init(NAME, DISTRICT_PASSPHRASE, now.at, keys=keys)
        data = folder.issue(replace(made, content=content), keys, desk.vault[:8], now.at)
    (desk.folder.path / SHARE).mkdir(parents=True)
    desk.district.load(LoadDistrictFile(data, " ".join(fingerprint(keys.public))))
    return keys


def _file(keys: DistrictKeys, now: Moment, share: Path) -> DistrictFile:
    return DistrictFile(
        serial=1,
        name=NAME,
        made=now.at,
        recipients=(keys.recipient,),
        signing_key=keys.public,
        places=(Place(new_id(), "District share", Address(Carrier.FOLDER, {"path": str(share)})),),
        standing=(
            Standing(SummaryKind.SERVICES, "month", 5),
            Standing(SummaryKind.USE_OF_TIME, "month", 5),
        ),
        policy=Policy(
            lock_minutes_most=10,
            retention_months={"notes": 84, "disclosures": 84},
            age_of_consent={"telehealth": SigningAge(16)},
            small_cells=SmallCells(10, "suppressed"),
            part2_notice="42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
        ),
    )
