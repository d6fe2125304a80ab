"""Salesforce: its exports as files, and an organisation live."""
