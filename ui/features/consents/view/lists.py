"""Consents in a list, narrowed by how they stand and by what they are about."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal

from app.kernel.words import _
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Choice
from ui.kit.widgets.records import RecordsView

_KIND = 24
"""Letters of a kind that are read without opening the choice."""


class ConsentsView(RecordsView):
    """The list of consents, with a choice of their kind under the chips."""

    kind_chosen = Signal(object)

    def __init__(
        self,
        parts: Sequence[tuple[object, str]],
        kinds: Sequence[tuple[object, str]],
    ) -> None:
        start = Button(_("Record a consent"), "add", "primary")
        super().__init__(
            _("Consents"),
            (_("Record a consent"), "add"),
            parts,
            EmptyState(
                "consent",
                _("No consent here"),
                _(
                    "What a parent or student signed is written down here, with its scan: consents"
                    " to services, and releases of information. What is about to lapse comes up"
                    " on Today."
                ),
                start,
            ),
            start,
            (
                ("form", _("Form to be signed"), "pdf"),
                ("ages", _("Who signs at which age"), "settings"),
            ),
        )
        self.kinds = Choice(kinds, name=_("Kind of consent"))
        self.kinds.setMinimumContentsLength(_KIND)
        self.kinds.chosen.connect(self.kind_chosen)
        place = self.column.indexOf(self.parts) + 1
        self.column.insertWidget(place, self.kinds, 0, Qt.AlignmentFlag.AlignLeading)
        self._every = kinds[0][0]

    def ask_kind(self, count: int) -> None:
        """Offer the choice of a kind; not where there is no consent of any."""
        chosen = self.kinds.value() != self._every or self.kinds.hasFocus()
        self.kinds.setVisible(bool(count) or chosen)
