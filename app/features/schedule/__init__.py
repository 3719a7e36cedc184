"""The schedule room: bell schedules and calendars of buildings, and what a person has planned."""
