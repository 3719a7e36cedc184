"""What a computer that tells nothing of its network is taken to know of it."""


class UnknownNetwork:
    """A network of which nothing is known: it is tried."""

    def up(self) -> bool:
        """Tell that there is one."""
        return True

    def metered(self) -> bool:
        """Tell that its bytes are not counted."""
        return False

    def captive(self) -> bool:
        """Tell that it wants no sign-in."""
        return False
