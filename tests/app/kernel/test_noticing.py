"""Rules a person changed come back as they were kept, and nothing else is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.people.model import accepted_setting
from app.kernel.errors import Refused
from app.kernel.noticing import (
    MOST_DAYS,
    MOST_TIMES,
    SHIPPED,
    Rule,
    accepted_rules,
    changed_rule,
    rules_of,
    rules_text,
)


@given(
    st.sampled_from(SHIPPED), st.integers(1, MOST_TIMES), st.integers(1, MOST_DAYS), st.booleans()
)
def test_a_changed_rule_is_kept_and_read_again(
    shipped: Rule, times: int, days: int, on: bool
) -> None:
    rules = changed_rule(SHIPPED, Rule(shipped.sign, times, days, on))
    assert rules_of(accepted_setting("noticing_rules", rules_text(rules))) == rules


def test_the_shipped_rules_are_kept_as_nothing_at_all() -> None:
    assert accepted_rules(rules_text(SHIPPED)) == ""
    assert accepted_rules("") == ""
    assert rules_of("") == SHIPPED


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "rules-unreadable"),
        ("7", "rules-unreadable"),
        ('[["visits", 1]]', "rules-unreadable"),
        ('[["visits", "many", 3, true]]', "rules-unreadable"),
        ('[["visits", 0, 3, true]]', "rule-between"),
        ('[["visits", 4, 99999, true]]', "rule-between"),
    ],
)
def test_what_is_no_rule_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        accepted_setting("noticing_rules", text)
