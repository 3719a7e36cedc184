"""The roster: what a student information system hands out, read and merged."""
