"""The one translation system: screen, paper and command line take their words from here.

Messages are English sentences; catalogues (gettext) stand in `resources/translations`.
Mark a sentence with `_("…")`, one with a number with `ngettext`, one that needs its
setting explained with `pgettext`. A table of sentences made at import time is marked
with `N_` and translated when it is said.
"""

import gettext as _gettext
import os
from io import BytesIO

from app.kernel.shipped import shipped

DOMAIN = "casewell"
LANGUAGES: dict[str, str] = {"en": "English", "es": "Español"}

_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()
_language = "en"


def use_language(code: str) -> None:
    """Say everything from now on in `code` (`en`, `es`); what is unknown stays English."""
    global _catalogue, _language
    _language = code if code in LANGUAGES else "en"
    _catalogue = _gettext.NullTranslations()
    if _language != "en":
        catalogue = shipped("translations", f"{_language}.mo")
        if catalogue.is_file():
            _catalogue = _gettext.GNUTranslations(BytesIO(catalogue.read_bytes()))


def use_catalogue(catalogue: _gettext.NullTranslations) -> None:
    """Say everything from now on from `catalogue`; tests stretch and mark the words with it."""
    global _catalogue
    _catalogue = catalogue


def system_language() -> str:
    """Return the language the system asks for (`LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`)."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        found = os.environ.get(name, "").split(":")[0]
        if found:
            return found[:2].lower()
    return "en"


def language() -> str:
    """Return the code of the language in use."""
    return _language


def _(message: str) -> str:
    """Return `message` in the language in use."""
    return _catalogue.gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """Return the form that fits the number `n`."""
    return _catalogue.ngettext(one, many, n)


def pgettext(setting: str, message: str) -> str:
    """Return `message` as it is said in `setting`."""
    return _catalogue.pgettext(setting, message)


def N_(message: str) -> str:
    """Mark `message` for translation; it is translated when it is said."""
    return message
