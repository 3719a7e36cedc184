"""The table of codes says what the standard says, and covers what the schema does not know."""

from typing import Any

import pytest

from app.features.medication.model.amounts import Unit
from app.features.medication.model.orders import OrderState
from app.features.plans.model.records import Outcome
from app.features.services.model.engagement import EpisodeState
from app.kernel.measures import MeasureKind
from app.overviews.fhir import medication, plans
from app.overviews.fhir.codes import CODES, NEEDED, TARGETS, TYPES
from fhir_validators import held

OFFICIAL = held("r4-bindings.json.gz")
OF_DATA_TYPES = {
    "Narrative", "Identifier", "HumanName", "ContactPoint", "Address", "Quantity", "Timing",
}  # fmt: skip


def test_the_codes_are_those_of_the_official_value_sets() -> None:
    ours = {path: set(codes) for path, codes in CODES.items() if _type(path) not in OF_DATA_TYPES}
    theirs = {path: set(codes) for path, codes in OFFICIAL["codes"].items()}
    assert ours == theirs


def test_what_must_be_there_and_where_a_reference_points_are_the_standards() -> None:
    assert {kind: set(paths) for kind, paths in NEEDED.items()} == {
        kind: set(paths) for kind, paths in OFFICIAL["needed"].items()
    }
    assert {path: set(kinds) for path, kinds in TARGETS.items()} == {
        path: set(kinds) for path, kinds in OFFICIAL["targets"].items()
    }
    assert {_type(path) for path in TARGETS} <= TYPES


def test_every_code_that_the_schema_knows_is_in_the_table_as_well() -> None:
    definitions = held("fhir.schema.json.gz")["definitions"]
    compared = 0
    for path, codes in CODES.items():
        known = _enumerated(definitions, path)
        if known:
            compared += 1
            assert set(codes) == known, path
    assert compared >= 38


@pytest.mark.parametrize(
    "path",
    [
        "CarePlan.status",
        "ServiceRequest.status",
        "MedicationRequest.status",
        "MedicationAdministration.status",
    ],
)
def test_the_four_statuses_that_the_schema_lets_pass_are_in_the_table(path: str) -> None:
    assert not _enumerated(held("fhir.schema.json.gz")["definitions"], path)
    assert path in CODES


def test_each_state_and_unit_of_the_desk_has_its_code() -> None:
    assert medication.UNITS.keys() == set(Unit)
    assert medication.ORDERS.keys() == set(OrderState)
    assert set(medication.ORDERS.values()) <= CODES["MedicationRequest.status"]
    assert plans.UNITS.keys() == set(MeasureKind)
    assert plans.REQUESTS.keys() == set(EpisodeState)
    assert set(plans.REQUESTS.values()) <= CODES["ServiceRequest.status"]
    assert set(plans.LIFE.values()) <= CODES["Goal.lifecycleStatus"]
    assert plans.ACHIEVED.keys() == set(Outcome)


def _type(path: str) -> str:
    return path.partition(".")[0]


def _enumerated(definitions: dict[str, Any], path: str) -> set[str]:
    """Return the codes that the schema has for an element, if it has any."""
    kind, *inner = path.split(".")
    *parts, last = inner
    name = "_".join([kind, *(part[0].upper() + part[1:] for part in parts)])
    found = definitions.get(name, {}).get("properties", {}).get(last, {})
    found = found.get("items", found)
    return set(found.get("enum", ()))
