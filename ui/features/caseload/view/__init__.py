"""The forms and lists of the caseload room; they know no rule."""
