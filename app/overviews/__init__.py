"""Reads that cross rooms: today, timeline, search, reports."""
