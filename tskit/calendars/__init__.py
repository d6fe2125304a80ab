"""Public holidays by market and site, the clock that says when a case is due, and deadlines of the law and of contracts."""

from tskit.calendars.clock import due_at, elapsed_hours, paused_minutes
from tskit.calendars.deadlines import deadline_at, is_in_force
from tskit.calendars.hours import WorkCalendar, calendar_of
from tskit.calendars.moments import Moment, moment_of
from tskit.calendars.presets import deadline_presets
from tskit.calendars.public import holidays_between, moving_holidays, public_holidays
from tskit.calendars.shifts import Turn, duty_site, last_turn, next_turn, turns

__all__ = [
    "Moment",
    "Turn",
    "WorkCalendar",
    "calendar_of",
    "deadline_at",
    "deadline_presets",
    "due_at",
    "duty_site",
    "elapsed_hours",
    "holidays_between",
    "is_in_force",
    "last_turn",
    "moment_of",
    "moving_holidays",
    "next_turn",
    "paused_minutes",
    "public_holidays",
    "turns",
]
