"""On what ground a paper leaves: the same question, with the same fields, wherever one leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, Signal

from app.kernel.releases import Emergency, Ground, Terms
from app.kernel.words import N_, _, ngettext
from ui.kit.widgets.fields import Choice, Field, Form, LineEdit
from ui.kit.widgets.headings import Words

GROUNDS: Mapping[Ground, str] = {
    Ground.RELEASE: N_("A signed release"),
    Ground.SUBJECT: N_("It goes to the parent or the student"),
    Ground.SCHOOL_OFFICIAL: N_("A school official needs it"),
    Ground.TRANSFER: N_("The school the student moves to"),
    Ground.OWN_USE: N_("My own use: it stays with me"),
    Ground.EMERGENCY: N_("An emergency"),
    Ground.CHILD_WELFARE: N_("The child welfare agency in charge"),
    Ground.ORDER: N_("An order or subpoena"),
    Ground.AUDIT: N_("An audit or evaluation"),
    Ground.NO_NAMES: N_("It tells about nobody"),
}
"""What each ground is called where it is chosen."""

_INTEREST: Mapping[Ground, tuple[str, str]] = {
    Ground.SCHOOL_OFFICIAL: (
        N_("What they need it for in their work"),
        N_("For example: teaches the student and sets up the quiet corner."),
    ),
    Ground.ORDER: (
        N_("Which order"),
        N_("Who ordered it, when, and that the family was told, unless the order forbids it."),
    ),
    Ground.AUDIT: (N_("Which audit or evaluation"), N_("Of which programme, by whose order.")),
    Ground.CHILD_WELFARE: (
        N_("What they need it for"),
        N_("That the agency is responsible for the student’s care."),
    ),
}
_BECAUSE = frozenset({Ground.SCHOOL_OFFICIAL, Ground.TRANSFER})


@dataclass(frozen=True, slots=True)
class Offered:
    """A release that is in force, as it can be chosen."""

    id: str
    recipient: str
    words: str


class _Releases(Choice):
    """The releases in force; one that was chosen before they were read is chosen once they are."""

    def __init__(self) -> None:
        super().__init__([("", _("The one that fits"))])
        self._wanted: object = ""
        self.chosen.connect(self._remember)

    def set_value(self, value: object) -> bool:
        """Choose a release, now or when it is offered."""
        self._wanted = value
        return super().set_value(value)

    def _remember(self, value: object) -> None:
        self._wanted = value

    def offer(self, releases: Sequence[Offered]) -> None:
        """Offer these; what was chosen stays if it is among them."""
        wanted = self.value() or self._wanted
        with QSignalBlocker(self):
            self.set_options(
                [("", _("The one that fits")), *((one.id, one.words) for one in releases)]
            )
            self.set_value(wanted)


class GroundFields(QObject):
    """The fields of a ground on a form; which of them are seen follows from what is chosen."""

    chosen = Signal()
    """Another ground was chosen, or another release."""
    typed = Signal()
    """Something was typed that does not stand on the paper."""

    def __init__(
        self, form: Form, usual: Ground | None = None, *, names_somebody: bool = False
    ) -> None:
        """A paper that always `names_somebody` is offered no ground that denies it."""
        super().__init__(form)
        self._form = form
        self._offered: dict[str, Offered] = {}
        self._filled = ""
        self.ground = Choice(
            [
                ("", _("Choose …")),
                *(
                    (ground.value, _(said))
                    for ground, said in GROUNDS.items()
                    if not (names_somebody and ground is Ground.NO_NAMES)
                ),
            ]
        )
        self.release = _Releases()
        self.interest, self.threat, self.who_needs = LineEdit(), LineEdit(), LineEdit()
        self.because = LineEdit()
        self.held_back = Words("", ink="muted", parent=form)
        form.add("ground", Field(_("On what ground"), self.ground, required=True))
        form.add("release", Field(_("Release"), self.release))
        form.add("interest", Field(_("What they need it for"), self.interest, required=True))
        form.add("threat", Field(_("What the threat is"), self.threat, required=True))
        form.add(
            "who_needs",
            Field(
                _("Who has to know, and why they"),
                self.who_needs,
                _("Those whose knowledge keeps the student or others safe."),
                required=True,
            ),
        )
        form.add(
            "because",
            Field(
                _("Why they need more than is usual"),
                self.because,
                _("Only where more goes along than such a recipient usually needs."),
            ),
        )
        form.add_widget(self.held_back)
        self.held_back.hide()
        self.ground.chosen.connect(self._turned)
        self.release.chosen.connect(self._picked)
        for line in (self.interest, self.threat, self.who_needs, self.because):
            line.textChanged.connect(self.typed)
        self.suggest(usual)

    def suggest(self, usual: Ground | None) -> None:
        """Choose the ground that is usual for this paper; none where one has to think."""
        with QSignalBlocker(self.ground):
            self.ground.set_value(usual.value if usual else "")
        self._show()

    def offer(self, releases: Sequence[Offered], held_back: int = 0) -> None:
        """Offer the releases in force; say how many labelled records stay behind by themselves."""
        self._offered = {one.id: one for one in releases}
        self.release.offer(releases)
        self.held_back.setText(
            ngettext(
                "{count} record of this student is labelled as substance use. It goes along only"
                " under its own consent, or in an emergency. The paper does not mention it.",
                "{count} records of this student are labelled as substance use. They go along"
                " only under their own consent, or in an emergency. The paper does not mention"
                " them.",
                held_back,
            ).format(count=held_back)
        )
        self.held_back.setVisible(bool(held_back))
        self._show()

    def value(self) -> Ground | None:
        """Return the ground that is chosen."""
        chosen = str(self.ground.value() or "")
        return Ground(chosen) if chosen else None

    def terms(self) -> Terms:
        """Return what was entered; whether it suffices is not known here."""
        return terms_of(
            {
                "ground": self.ground.value(),
                "release": self.release.value(),
                "interest": self.interest.text(),
                "threat": self.threat.text(),
                "who_needs": self.who_needs.text(),
                "because": self.because.text(),
            }
        )

    def show_terms(self, terms: Terms) -> None:
        """Fill in terms that were entered elsewhere; a release shows once it is offered."""
        with QSignalBlocker(self.release):
            self.release.set_value(terms.release_id)
        for line, text in (
            (self.interest, terms.interest),
            (self.because, terms.because),
            (self.threat, terms.emergency.threat if terms.emergency else ""),
            (self.who_needs, terms.emergency.who_needs if terms.emergency else ""),
        ):
            line.setText(text)
        self.suggest(terms.ground)

    def forget(self) -> None:
        """Take back what was entered about another paper."""
        for line in (self.interest, self.threat, self.who_needs, self.because):
            line.clear()
        with QSignalBlocker(self.release):
            self.release.set_value("")
        self.offer(())
        self.suggest(None)

    def _turned(self, _value: object) -> None:
        self._form.clear()
        self._show()
        self.chosen.emit()

    def _picked(self, _value: object) -> None:
        """Enter the party of a release as the recipient, unless another was typed."""
        one = self._offered.get(str(self.release.value() or ""))
        if one is not None and "recipient" in self._form.names():
            recipient = self._form.field("recipient").editor
            if isinstance(recipient, LineEdit) and recipient.text() in ("", self._filled):
                recipient.setText(one.recipient)
                self._filled = one.recipient
        self.chosen.emit()

    def _show(self) -> None:
        ground = self.value()
        shown = {
            "release": ground is Ground.RELEASE,
            "interest": ground in _INTEREST,
            "threat": ground is Ground.EMERGENCY,
            "who_needs": ground is Ground.EMERGENCY,
            "because": ground in _BECAUSE,
        }
        for name, on in shown.items():
            self._form.field(name).setVisible(on)
        if "recipient" in self._form.names():
            self._form.field("recipient").setVisible(ground is not Ground.OWN_USE)
        if ground is not None and ground in _INTEREST:
            label, hint = _INTEREST[ground]
            field = self._form.field("interest")
            field.label.setText(_("{label} (required)").format(label=_(label)))
            self.interest.setAccessibleName(_(label))
            field.set_hint(_(hint))
        self._form.field("release").set_hint(
            _("It has to name the recipient and cover what stands on the paper.")
            if self._offered
            else _("None that is in force is shown here. Enter signed ones under Consents.")
        )


def terms_of(entries: Mapping[str, Any]) -> Terms:
    """Return the terms that the entries of a sheet with these fields say."""
    ground = str(entries.get("ground") or "")
    threat, who_needs = str(entries.get("threat", "")), str(entries.get("who_needs", ""))
    return Terms(
        Ground(ground) if ground else None,
        str(entries.get("release") or "") if ground == Ground.RELEASE else "",
        str(entries.get("interest", "")),
        Emergency(threat, who_needs) if ground == Ground.EMERGENCY else None,
        str(entries.get("because", "")),
    )


def party_of(entries: Mapping[str, Any]) -> str:
    """Return to whom it goes; for one's own use nobody is named, whatever was typed before."""
    own = str(entries.get("ground") or "") == Ground.OWN_USE
    return "" if own else str(entries.get("recipient", ""))
