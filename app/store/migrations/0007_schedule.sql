-- Bell schedules, calendars and what is planned.

SELECT 1;
