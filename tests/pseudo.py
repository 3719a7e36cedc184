"""A language for tests: every message marked ⟦so⟧ and 40 % longer, as Spanish is."""

import gettext

_TAIL = "ñandúes über Ångström žluťoučký kůň " * 20


def stretched(message: str) -> str:
    """Return `message` marked and stretched; placeholders stay as they are."""
    more = max(2, round(len(message) * 0.4))
    return f"⟦{message} {_TAIL[:more].strip()}⟧"


class Pseudo(gettext.NullTranslations):
    """Translates every message into the stretched language."""

    def gettext(self, message: str) -> str:
        return stretched(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return stretched(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return stretched(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.ngettext(msgid1, msgid2, n)
