"""Collaboration: concerns, consultations, contacts, and who is around a student."""
