"""Salesforce: its exports as files, and an organisation live."""

__all__: list[str] = []
