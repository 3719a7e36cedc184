"""Settings of a handful of values take those and no other."""

import pytest

from app.features.people.model import OFFERED, SETTINGS, accepted_setting
from app.kernel.errors import Refused


@pytest.mark.parametrize("name", sorted(OFFERED))
def test_what_is_offered_is_taken_and_nothing_else(name: str) -> None:
    assert SETTINGS[name] in OFFERED[name]
    for value in OFFERED[name]:
        assert accepted_setting(name, value) == value
    for value in ("", "7", "45", "x"):
        with pytest.raises(Refused) as refused:
            accepted_setting(name, value)
        assert (refused.value.code, refused.value.field) == ("setting-not-offered", name)
