"""The outcome of an import leaves the desk as a spreadsheet: written down first, then saved."""

import hashlib
from pathlib import Path

from app.features.roster.commands import ProblemsNotSaved, SaveProblems
from app.features.roster.service import RosterService
from app.kernel.errors import CasewellError, Refused, Trouble
from app.overviews.reports.leaving import require_place, write_whole


def save_outcome(
    roster: RosterService,
    import_id: str,
    data: bytes,
    rows: int,
    target: Path,
    *,
    replace: bool = False,
) -> str:
    """Save an import's outcome at `target`, readable by its owner alone; return its SHA-256.

    Refuses a name that is taken unless it may be replaced. Raises Trouble when the file could not be written; the
    journal then says so.
    """
    require_place(target, replace=replace)
    digest = hashlib.sha256(data).hexdigest()
    roster.save_problems(SaveProblems(import_id, digest, rows))
    try:
        write_whole(target, data, replace=replace)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        trouble: CasewellError
        if isinstance(error, FileExistsError):
            trouble = Refused("file-exists", "out", path=str(target))
        else:
            trouble = Trouble("file-unwritable", path=str(target), reason=reason)
        roster.problems_not_saved(ProblemsNotSaved(import_id, digest, trouble.code))
        raise trouble from error
    return digest
