"""What the system knows of the network: whether there is one, what it costs, whether it is shut."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation


class SystemNetwork(QObject):
    """Keeps what the system says of the network, so that any thread may ask.

    Where the system has nothing to ask, a network is taken to be there and free: it is tried.
    """

    came = Signal()
    """A network has come, or another one, or a sign-in was done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._up, self._metered, self._captive = True, False, False
        self._known: QNetworkInformation | None = None
        if QNetworkInformation.loadDefaultBackend():
            self._known = QNetworkInformation.instance()
        if self._known is not None:
            self._known.reachabilityChanged.connect(self._look)
            self._known.isMeteredChanged.connect(self._look)
            self._known.isBehindCaptivePortalChanged.connect(self._look)
            self._known.transportMediumChanged.connect(self._look)
            self._look()

    def up(self) -> bool:
        """Tell whether there is a network; True when unknown."""
        return self._up

    def metered(self) -> bool:
        """Tell whether its bytes are counted."""
        return self._metered

    def captive(self) -> bool:
        """Tell whether it wants a sign-in first."""
        return self._captive

    def _look(self, *_change: object) -> None:
        known = self._known
        if known is None:
            return
        down = QNetworkInformation.Reachability.Disconnected
        self.say(
            up=known.reachability() != down,
            metered=known.isMetered(),
            captive=known.isBehindCaptivePortal(),
        )

    def say(self, *, up: bool, metered: bool, captive: bool) -> None:
        """Take over what is known now, and tell of it where more can be sent than before."""
        before = (self._up, self._metered, self._captive)
        self._up, self._metered, self._captive = up, metered, captive
        if before != (up, metered, captive) and up and not captive:
            self.came.emit()
