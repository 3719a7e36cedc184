"""The room's tables: all of its SQL."""

from app.features.schedule.repo.appointments import Appointments, AppointmentsRepo
from app.features.schedule.repo.calendars import Calendars, CalendarsRepo, School

__all__ = ["Appointments", "AppointmentsRepo", "Calendars", "CalendarsRepo", "School"]
