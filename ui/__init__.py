"""Casewell's screens, on Qt Widgets."""
