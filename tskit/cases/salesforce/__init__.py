"""Salesforce objects are put together: cases, and the events that their histories tell."""

from tskit.cases.salesforce.assemble import assemble
from tskit.cases.salesforce.opening import objects_at

__all__ = ["assemble", "objects_at"]
