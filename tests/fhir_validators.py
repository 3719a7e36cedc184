"""The two validators of FHIR R4 that others have, beside the program's own check."""

import gzip
import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

DATA = Path(__file__).parent / "data" / "fhir"


@cache
def held(name: str) -> Any:
    """Return what a file of `tests/data/fhir` holds."""
    return json.loads(gzip.decompress((DATA / name).read_bytes()))


@cache
def _definition(kind: str) -> jsonschema.Draft6Validator:
    whole = held("fhir.schema.json.gz")
    return jsonschema.Draft6Validator({**whole, "$ref": f"#/definitions/{kind}", "oneOf": [{}]})


def by_schema(document: dict[str, Any]) -> list[str]:
    """Return where the official schema finds fault with a bundle and each resource in it."""
    shell = deepcopy(document)
    found = []
    for entry in shell.get("entry", ()):
        inner = entry.pop("resource", None)
        if inner is not None:
            kind = inner.get("resourceType", "")
            found += [f"{kind}: {one.json_path}" for one in _definition(kind).iter_errors(inner)]
    kind = shell["resourceType"]
    return found + [f"{kind}: {one.json_path}" for one in _definition(kind).iter_errors(shell)]


def by_models(document: dict[str, Any]) -> list[str]:
    """Return where the R4B models find fault."""
    try:
        get_fhir_model_class(document["resourceType"]).model_validate(deepcopy(document))
    except ValidationError as error:
        return [".".join(str(part) for part in one["loc"]) for one in error.errors()]
    except (ValueError, TypeError) as error:
        return [type(error).__name__]
    return []
