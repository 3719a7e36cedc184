"""FHIR R4 documents of the summaries, and what they are checked by."""
