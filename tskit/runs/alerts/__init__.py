"""Tells a program or a webhook that a run has ended, and how; knows nothing of what the runs are about."""

from tskit.runs.alerts.deliver import Outcome, Way, again, deliver
from tskit.runs.alerts.log import FILE
from tskit.runs.alerts.message import Message, messages

__all__ = ["FILE", "Message", "Outcome", "Way", "again", "deliver", "messages"]
