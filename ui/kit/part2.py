"""The button by which a record is labelled as one about substance use, on the record's own page."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.features.privacy.commands import LabelPart2, UnlabelPart2
from app.features.privacy.labels import Labelled
from app.kernel.words import _
from ui.kit.room import Context
from ui.kit.widgets.buttons import Button


class Part2Button(Button):
    """Labels the record of a page, or takes the label off; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "tag", "quiet", parent)
        self._toggle: Callable[[], object] = lambda: None
        self.clicked.connect(self._pressed)
        self._say(labelled=False)
        self.hide()

    def show_record(self, context: Context, kind: Labelled, record: str) -> None:
        """Stand for this record; its label is looked up."""
        privacy = context.desk.privacy

        def look_up(*_done: object) -> None:
            context.tasks.read(
                partial(privacy.is_labelled, kind, record), found, context.say, owner=self
            )

        def found(labelled: bool) -> None:
            self._say(labelled=labelled)
            self._toggle = partial(change, not labelled)
            self.show()

        def change(wanted: bool) -> None:
            command = LabelPart2(kind, record) if wanted else UnlabelPart2(kind, record)

            def done(_changed: object) -> None:
                look_up()
                context.notices.say(
                    _(
                        "Labelled. It stays out of what leaves, but under its own consent or in an"
                        " emergency."
                    )
                    if wanted
                    else _("The label is off."),
                    undo=partial(change, not wanted),
                )

            context.tasks.write(partial(privacy.label, command), done, context.say, owner=self)

        look_up()

    def _pressed(self) -> None:
        self._toggle()

    def _say(self, *, labelled: bool) -> None:
        self.setText(
            _("Take the substance use label off") if labelled else _("Label as substance use")
        )
        self.setToolTip(_("42 CFR part 2: it leaves only under a consent of its own"))
