"""Public holidays by market and site, and the clock that says when a case is due."""

from tskit.calendars.clock import due_at, elapsed_hours, paused_minutes
from tskit.calendars.hours import WorkCalendar, calendar_of
from tskit.calendars.moments import Moment, moment_of
from tskit.calendars.public import holidays_between, moving_holidays, public_holidays

__all__ = [
    "Moment",
    "WorkCalendar",
    "calendar_of",
    "due_at",
    "elapsed_hours",
    "holidays_between",
    "moment_of",
    "moving_holidays",
    "paused_minutes",
    "public_holidays",
]
