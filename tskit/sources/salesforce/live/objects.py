"""The objects that cases are assembled from, and their standard fields; custom fields are known by the organisation alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BY_REST", "NEEDED", "STANDARD", "WITH_CUSTOM"]

_STAMPS = ("CreatedDate", "CreatedById", "LastModifiedDate", "SystemModstamp")

STANDARD: Mapping[str, tuple[str, ...]] = {
    "Case": (
        "Id", "IsDeleted", "MasterRecordId", "CaseNumber", "ContactId", "AccountId", "ParentId", "SuppliedName",
        "SuppliedEmail", "Type", "RecordTypeId", "Status", "Reason", "Origin", "Language", "Subject", "Priority",
        "Description", "IsClosed", "ClosedDate", "IsEscalated", "OwnerId", "IsClosedOnCreate", "SlaStartDate",
        "SlaExitDate", "IsStopped", "StopStartDate", "MilestoneStatus", "BusinessHoursId", "EntitlementId", *_STAMPS,
        "LastModifiedById",
    ),
    "CaseHistory": ("Id", "IsDeleted", "CaseId", "CreatedById", "CreatedDate", "Field", "DataType", "OldValue", "NewValue"),
    "CaseHistory2": ("Id", "IsDeleted", "CaseId", "OwnerId", "Status", "PreviousUpdate", *_STAMPS, "LastModifiedById"),
    "CaseMilestone": (
        "Id", "IsDeleted", "CaseId", "StartDate", "TargetDate", "CompletionDate", "MilestoneTypeId", "IsCompleted",
        "IsViolated", "BusinessHoursId", "TargetResponseInMins", "ElapsedTimeInMins", "ActualElapsedTimeInMins",
        "StoppedTimeInMins", *_STAMPS,
    ),
    "EmailMessage": (
        "Id", "IsDeleted", "ParentId", "ActivityId", "Incoming", "Status", "HasAttachment", "MessageDate",
        "ReplyToEmailMessageId", *_STAMPS,
    ),
    "CaseComment": ("Id", "IsDeleted", "ParentId", "IsPublished", *_STAMPS),
    "CaseFeed": ("Id", "IsDeleted", "ParentId", "Type", *_STAMPS),
    "User": ("Id", "Name", "Username", "Alias", "IsActive", "UserType", "CompanyName", "Department", "Division",
             "LanguageLocaleKey", "TimeZoneSidKey", "ProfileId", "UserRoleId", *_STAMPS),
    "Group": ("Id", "Name", "DeveloperName", "Type", "RelatedId", *_STAMPS),
    "QueueSobject": ("Id", "QueueId", "SobjectType", "CreatedById"),
    "RecordType": ("Id", "Name", "DeveloperName", "SobjectType", "IsActive", "SystemModstamp"),
    "CaseStatus": ("Id", "MasterLabel", "ApiName", "SortOrder", "IsDefault", "IsClosed", "SystemModstamp"),
    "MilestoneType": ("Id", "Name", "Description", "RecurrenceType", "SystemModstamp"),
}  # fmt: skip
"""Names of reporters and the words of cases among them, since reviewers work with those; texts of messages are not."""

WITH_CUSTOM = frozenset({"Case"})
"""Every custom field of these is asked for as well: what is special about an organisation's cases is kept there."""

NEEDED: Mapping[str, tuple[str, ...]] = {"Case": ("Id", "CreatedDate", "Status", "SystemModstamp")}
"""Without these there are no cases, whatever else there is."""

BY_REST = frozenset({"Group", "QueueSobject", "RecordType", "CaseStatus", "MilestoneType"})
"""Small, and partly refused by the Bulk API: they are asked for whole, page by page."""
