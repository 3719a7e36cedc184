"""On what ground a paper leaves, as the command line asks for it: the same for every paper."""

import argparse
from typing import TYPE_CHECKING

from app.kernel.releases import Emergency, Ground, Terms
from app.kernel.words import _

if TYPE_CHECKING:
    from app.overviews.reports.leaving import Release


def add_ground(parser: argparse.ArgumentParser, usual: Ground | None = None) -> None:
    """Add to whom, why and on what ground; `usual` holds where none is given.

    One's own use is taken for granted only where nobody is named who receives it.
    """
    parser.set_defaults(usual_ground=usual)
    parser.add_argument(
        "--to-whom", default="", help=_("who receives it; for your own use it is you")
    )
    parser.add_argument("--why", required=True, help=_("what it is for"))
    known = _("on what ground it may leave")
    parser.add_argument(
        "--ground",
        choices=[ground.value for ground in Ground],
        help=_("{about} (otherwise: {usual})").format(about=known, usual=usual.value)
        if usual
        else known,
    )
    parser.add_argument(
        "--release",
        default="",
        metavar="ID",
        help=_("under which release on file (otherwise the first that fits)"),
    )
    parser.add_argument(
        "--interest", default="", help=_("what the recipient needs it for in their work")
    )
    parser.add_argument(
        "--because", default="", help=_("why more leaves than such a recipient usually needs")
    )
    parser.add_argument("--threat", default="", help=_("in an emergency: what the threat is"))
    parser.add_argument(
        "--who-needs", default="", help=_("in an emergency: who has to know, and why they")
    )


def release_of(arguments: argparse.Namespace) -> "Release":
    """Return to whom, why and on what ground; refuse what is missing."""
    from app.overviews.reports.leaving import Release

    ground = Ground(arguments.ground) if arguments.ground else arguments.usual_ground
    if not arguments.ground and ground is Ground.OWN_USE and arguments.to_whom:
        ground = None
    emergency = None
    if arguments.threat or arguments.who_needs:
        emergency = Emergency(arguments.threat, arguments.who_needs)
    terms = Terms(
        ground,
        arguments.release,
        arguments.interest,
        emergency,
        arguments.because,
    )
    return Release(arguments.to_whom, arguments.why, terms).accepted()


def went_to(release: "Release") -> str:
    """Return who received it, in words."""
    return release.recipient or _("you")
