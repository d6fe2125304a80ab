"""Every canonical column: type, unit, meaning, vocabulary, sensitivity, and its name in Salesforce and under the DSA.

Docs, validation and redaction read these tables; nobody repeats them. `presence` is R (required), C (conditional) or
O (optional); a vocabulary is a list of words, or `@name` for one of `vocabularies.py`.
"""

from __future__ import annotations

from tskit.model.column import Column, Kind, Presence, Sensitivity, Table
from tskit.model.vocabularies import VOCABULARIES

__all__ = ["CASES", "EVENTS", "MILESTONES", "REVIEWS", "TABLES", "Column", "Kind", "Presence", "Sensitivity", "Table"]

_CASES = """
name                | kind     | R | sensitivity | unit | vocabulary | Salesforce Case | DSA statement of reasons | meaning
case_id             | text     | R | record | | | Id | puid | unique key, as exported; a Salesforce Id has 18 characters
case_number         | text     | O | record | | | CaseNumber | | human reference; leading zeros are kept
parent_case_id      | text     | O | record | | | ParentId | | the case that this one duplicates, appeals or belongs to
record_type         | category | O | open | | report appeal escalation legal proactive | RecordTypeId | | what kind of case this is
channel             | category | O | open | | | Origin | | intake channel
source_type         | category | O | open | | user_report trusted_flagger government_order court_order law_enforcement partner proactive_automated proactive_human proactive appeal other | | source_type | who raised it
source_identity     | text     | O | person | | | SuppliedName | source_identity | who the notifier is
subject             | text     | O | hidden | | | Subject | | title of the report
description         | text     | O | hidden | | | Description | decision_facts | text of the report
content_id          | text     | O | record | | | | content_id | the reported item
entity_type         | category | O | open | | track episode show playlist profile audiobook message other | | | what was reported
component           | category | O | open | | audio title description art transcript comment | | | which part of it
subject_account_id  | text     | O | person | | | | | creator or uploader of the content
ingestion_route     | category | O | open | | distributor rss own_tool other | | | how the content arrived
reach               | integer  | O | open | listeners | | | | exposure at the time of the decision
content_duration_s  | number   | O | open | s | | | | length of the content
content_type        | list     | O | open | | @content_type | | content_type | form of the content
content_language    | category | O | open | | | | content_language | language of the content, BCP 47
content_created_at  | time     | O | open | | | | content_date | when the content was uploaded or posted
market              | category | O | open | | | | territorial_scope | market of the report, ISO 3166-1 alpha-2
abuse_type_reported | category | O | open | | | Reason | | category that the reporter chose
policy_id           | category | O | open | | | | incompatible_content_ground | rule applied at the decision
policy_version      | text     | O | open | | | | | version of the rule in force at the decision
dsa_category        | category | O | open | | @dsa_category | | category | decided category
dsa_keywords        | list     | O | open | | @dsa_keyword | | category_specification | decided keywords
dsa_version         | category | O | open | | v1 v2 | | | version of the categories and keywords that the decision was coded under; v2 since 2025-07-01
severity            | ordered  | O | open | | S0 S1 S2 S3 | | | severity of harm; S3 is imminent harm
priority            | ordered  | O | open | | Low Medium High Critical | Priority | | handling priority, which is urgency and not harm
status              | category | R | open | | open in_progress waiting escalated resolved closed reopened cancelled | Status | | state of the case
status_raw          | category | O | open | | | Status | | state as the source words it
is_closed           | boolean  | R | open | | | IsClosed | | whether the case is closed
queue               | category | O | open | | | OwnerId | | last queue that held the case
decided_by          | text     | O | person | | | | | who made the original decision
decided_vendor      | category | O | open | | | | | whose reviewer made the original decision, as of that day
decided_queue       | category | O | open | | | | | queue of the original decision
decision_initial    | category | O | open | | no_action action partial escalate duplicate invalid | | | first decision
owner_id            | text     | O | person | | | OwnerId | | current reviewer
vendor              | category | O | open | | | | | vendor of the current reviewer, or internal
reviewer_language   | category | O | open | | | | | language of the reviewer
tier                | category | O | open | | T1 T2 T3 legal policy | | | escalation level reached
is_escalated        | boolean  | O | open | | | IsEscalated | | whether an escalation rule fired
created_at          | time     | R | open | | | CreatedDate | | when the case was opened
first_assigned_at   | time     | O | open | | | | | first touch by a person
first_response_at   | time     | O | open | | | | | first outbound message
decided_at          | time     | C | open | | | | application_date | when the decision was made; where there is a decision
closed_at           | time     | C | open | | | ClosedDate | | last closing; blank while the case is open
reopened_count      | integer  | O | open | times | | | | how often the case was opened again
sla_target_at       | time     | O | open | | | | | when the resolution is due, stops already added
sla_met             | boolean  | O | open | | | | | completed by its target; blank when not due yet or unknown
paused_minutes      | number   | O | open | min | | | | how long the clock stood still
handle_seconds      | number   | O | open | s | | | | active review time
decision            | category | C | open | | no_action action partial escalate duplicate invalid | | | current outcome; where the case is decided
decision_ground     | category | C | open | | @ground | | decision_ground | law or terms; where there is an action
decision_visibility | list     | C | open | | @visibility | | decision_visibility | what was done to visibility
decision_monetary   | category | C | open | | @monetary | | decision_monetary | what was done to payments
decision_provision  | category | C | open | | @provision | | decision_provision | what was done to the service
decision_account    | category | C | open | | @account | | decision_account | what was done to the account
restriction_end_at  | time     | O | open | | | | end_date_visibility_restriction | when the restriction ends; blank is indefinite
automated_detection | boolean  | O | open | | | | automated_detection | whether the case was found by automated means
automated_decision  | category | O | open | | @automated | | automated_decision | how far the decision was automated
appeal_status       | category | O | open | | none pending upheld partially_reversed reversed omitted | | | state of the appeal
appealed_at         | time     | O | open | | | | | when the decision was appealed
appeal_decided_at   | time     | O | open | | | | | when the appeal was decided
qa_sampled          | boolean  | O | open | | | | | whether the case is in the quality sample
qa_sample_weight    | number   | C | open | cases | | | | 1 / probability of being drawn; blank for a targeted sample
qa_label            | category | O | open | | correct incorrect | | | result before any dispute
qa_label_final      | category | O | open | | correct incorrect | | | result after dispute; figures use this one
qa_error_severity   | category | O | open | | critical major minor | | | severity of the error
error_type          | category | O | open | | FP FN WS TE | | | false positive, false negative, wrong selection, technical error
root_cause_l1       | category | O | open | | | | | root cause, level 1
root_cause_l2       | category | O | open | | | | | root cause, level 2
rc_confidence       | ordered  | O | open | | low medium high | | | how sure the tagger is
tags                | list     | O | open | | | | | free tags
source_modified_at  | time     | O | open | | | SystemModstamp | | when the source last changed the row
"""

_EVENTS = """
name             | kind     | R | sensitivity | unit | vocabulary | Salesforce CaseHistory | DSA | meaning
event_id         | text     | R | record | | | Id | | unique key; a stable hash where the source has none
case_id          | text     | R | record | | | CaseId | | the case that changed
event_type       | category | R | open | | @event_type | Field | | what happened
occurred_at      | time     | R | open | | | CreatedDate | | when it was complete
started_at       | time     | O | open | | | | | when it began, in logs of intervals
seq              | integer  | R | open | | | | | order within a case where times are equal
actor_id         | text     | O | person | | | CreatedById | | who did it
actor_type       | category | O | open | | user vendor automation system | | | what kind of actor did it
from_queue       | category | O | open | | | OldValue | | queue before
to_queue         | category | O | open | | | NewValue | | queue after
field            | category | O | open | | | Field | | field that changed
old_value        | text     | O | hidden | | | OldValue | | value before
new_value        | text     | O | hidden | | | NewValue | | value after
is_paired_id_row | boolean  | R | open | | | | | second row of one lookup change; never counted
note             | text     | O | hidden | | | CommentBody | | comment
"""

_REVIEWS = """
name       | kind     | R | sensitivity | unit | vocabulary | Salesforce | DSA | meaning
item_id    | text     | R | record | | | | | what was rated
rater_id   | text     | R | person | | | | | who rated it
vendor     | category | O | open | | | | | vendor of the rater
site       | category | O | open | | | | | site of the rater
language   | category | O | open | | | | | language of the item
policy_id  | category | O | open | | | | | rule that the item was rated under
label      | category | R | open | | | | | the rating
rated_at   | time     | O | open | | | | | when it was rated
round      | category | O | open | | | | | calibration round
is_gold    | boolean  | O | open | | | | | whether the right answer is known
gold_label | category | O | open | | | | | the right answer
"""

_MILESTONES = """
name            | kind     | R | sensitivity | unit | vocabulary | Salesforce CaseMilestone | DSA | meaning
milestone_id    | text     | R | record | | | Id | | unique key
case_id         | text     | R | record | | | CaseId | | the case that is held to it
type            | category | O | open | | | MilestoneTypeId | | what has to be reached, as a first response or the resolution
started_at      | time     | O | open | | | StartDate | | when its clock began
target_at       | time     | O | open | | | TargetDate | | when it is due, stops already added
completed_at    | time     | O | open | | | CompletionDate | | when it was reached; blank while it is not
is_violated     | boolean  | O | open | | | IsViolated | | whether it was missed, or is past due
stopped_minutes | number   | O | open | min | | StoppedTimeInMins | | how long its clock stood still
"""

CASES = Table.parse("cases", key="case_id", text=_CASES, vocabularies=VOCABULARIES)
EVENTS = Table.parse("events", key="event_id", text=_EVENTS, vocabularies=VOCABULARIES)
REVIEWS = Table.parse("reviews", key="item_id", text=_REVIEWS, vocabularies=VOCABULARIES)
MILESTONES = Table.parse("milestones", key="milestone_id", text=_MILESTONES, vocabularies=VOCABULARIES)

TABLES = {table.name: table for table in (CASES, EVENTS, REVIEWS, MILESTONES)}
"""The canonical tables by name. The loader adds `dq_flags` (a list of text), `_source` and `_source_row`."""
