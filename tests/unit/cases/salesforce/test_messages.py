"""Mails, comments and posts are events, and their text stays where only its owner reads it."""

from tests.support.salesforce_export import id15, id18
from tests.support.salesforce_objects import ANA, BEN, CASE, COMMON, OPENED, ROBOT, at, case, only, rows, told


def test_mails_and_comments_are_events_and_their_text_is_in_the_file_of_texts_alone(organisation, tmp_path):
    mail = {"ParentId": CASE, "CreatedById": ANA, "Status": "3", "Subject": "CANARY-subject", "TextBody": "CANARY-body"}
    mails = [
        {**mail, "Id": id18(id15("02s", 1)), "Incoming": "true", "MessageDate": at(1)},
        {**mail, "Id": id18(id15("02s", 2)), "Incoming": "false", "MessageDate": at(2), "CreatedById": ROBOT},
        {**mail, "Id": id18(id15("02s", 3)), "Incoming": "false", "MessageDate": at(8)},
        {**mail, "Id": id18(id15("02s", 4)), "Incoming": "false", "MessageDate": at(3), "Status": "5"},
    ]
    comments = [
        {
            "Id": id18(id15("00a", 1)),
            "ParentId": CASE,
            "CreatedById": BEN,
            "CreatedDate": at(5),
            "CommentBody": "CANARY-comment",
        }
    ]
    feed = [
        {"Id": id18(id15("0D5", 1)), "ParentId": CASE, "CreatedById": BEN, "CreatedDate": at(6), "Type": "TextPost", "Body": "CANARY-post"},
        {"Id": id18(id15("0D5", 2)), "ParentId": CASE, "CreatedById": BEN, "CreatedDate": at(5), "Type": "CaseCommentPost", "Body": ""},
    ]  # fmt: skip
    found = organisation(
        Case=[case()], CaseHistory=[OPENED], EmailMessage=mails, CaseComment=comments, CaseFeed=feed, **COMMON
    )
    assert [kind for kind, *_ in told(found)] == [
        "created",
        "email_in",
        "email_out",
        "commented",
        "commented",
        "email_out",
    ]
    assert only(found)["first_response_at"].minute == 8, "a machine's answer and a draft are no response"
    assert found.quality.reasons == {"never_sent": 1, "told_by_another_object": 1}
    assert "CANARY" not in str([rows(found.cases), rows(found.events), found.as_json()])
    assert found.text_path is None or b"CANARY" not in found.text_path.read_bytes()
    files = list((tmp_path / "user").rglob("event_text.parquet"))
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600]
