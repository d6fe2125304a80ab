"""Salesforce objects are put together: cases, and the events that their histories tell."""

from tskit.cases.salesforce.assemble import assemble

__all__ = ["assemble"]
