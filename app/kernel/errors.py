"""What can go wrong, as a tree.

    CasewellError
    ├── Refused    the user can mend it: shown at the field it names
    └── Trouble    the world is in the way: a banner that says the next step
        └── Damage     something stored is not what was written

Everything else that is raised is a bug. Core code raises codes and facts; the
sentences stand in `app.phrases`, so that screen, paper and command line say the same.
"""

from collections.abc import Mapping

Fact = str | int | None


class CasewellError(Exception):
    """A known error: a code, and the facts its sentence needs."""

    def __init__(self, code: str, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Mapping[str, Fact] = facts

    def __str__(self) -> str:
        """Return the code alone: facts may hold a person's name and stay out of logs."""
        return self.code


class Refused(CasewellError):
    """The command was not carried out; `field` names the entry that would mend it."""

    def __init__(self, code: str, field: str = "", **facts: Fact) -> None:
        super().__init__(code, **facts)
        self.field = field


class Trouble(CasewellError):
    """The command could not be carried out for a reason outside it; nothing was half done."""


class Damage(Trouble):
    """Stored bytes are not what was written: a file, a seal, a chain."""


class Cancelled(CasewellError):
    """The user stopped a long task; nothing of it was kept."""

    def __init__(self) -> None:
        super().__init__("cancelled")


def report(error: BaseException) -> str:
    """Return the error's type and the program's own lines it passed through; no values.

    The text of an error may quote a record.
    """
    import traceback

    lines = [type(error).__name__]
    for frame in traceback.extract_tb(error.__traceback__):
        module = frame.filename.replace("\\", "/")
        for root in ("/app/", "/ui/", "/site-packages/"):
            if root in module:
                module = root.strip("/") + "/" + module.split(root, 1)[1]
                break
        else:
            module = module.rsplit("/", 1)[-1]
        lines.append(f"  {module}:{frame.lineno} {frame.name}")
    return "\n".join(lines)
