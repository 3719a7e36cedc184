"""The schemas that ship with the program; nothing is returned as data that they do not allow."""

import json
from functools import cache
from typing import TYPE_CHECKING

from app.kernel.documents import DataSummary, SummaryKind
from app.kernel.shipped import shipped

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

VERSION = 1
"""Of every schema that is written now."""


@cache
def schema_of(kind: SummaryKind, version: int = VERSION) -> "Draft202012Validator":
    """Return what a kind of summary must be."""
    from jsonschema import Draft202012Validator

    text = shipped("schemas", f"{kind}-{version}.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def valid(summary: DataSummary) -> DataSummary:
    """Return a summary that is as its schema says; ValueError otherwise, which is a bug.

    The error names the place and the rule, never what stands there.
    """
    # Through JSON, as its reader gets it: a tuple is a list there.
    body = json.loads(json.dumps(summary.body))
    for error in schema_of(summary.kind, summary.version).iter_errors(body):
        raise ValueError("not as its schema says", error.json_path, error.validator)
    return summary
