"""Consents and releases: what a parent or student signed, for how long, and what ended it.

Who sees what, and why. A release is common to everyone at the vault, as names and alerts are:
whoever lets something leave must find the release that covers it, whoever wrote it down. A
consent to medication belongs to the health office. Consents to services, screening and
telehealth are seen as the records they open: by their maker's discipline. A consent under
42 CFR part 2 says by being there that a student is in treatment for substance use; it is
narrowed to its maker's discipline, although it too lets something leave: an exporter of
another discipline does not learn of it, and has nothing of that record to export.
"""
