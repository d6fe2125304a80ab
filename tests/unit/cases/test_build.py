from __future__ import annotations

import zipfile


def test_row_numbers_of_several_members_of_a_zip_stay_apart(small, tmp_path):
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        for member in ("may.csv", "june.csv"):
            archive.writestr(member, "State,Opened\nclosed,20/05/2026 02:19\nclosed,21/05/2026 02:19\n")
    profile = (
        'name = "small"\nrecognise = ["State", "Opened"]\ncase_id = "row number"\ndates = "dmy"\nzone = "Asia/Singapore"\n'
        'partial = true\n\n[columns]\nstatus = "State"\ncreated_at = "Opened"\n'
    )
    case_set = small("State,Opened", profile=profile, source="both.zip")
    found = case_set.cases.order_by("case_id").select("case_id").to_pyarrow()["case_id"].to_pylist()
    assert found == ["both.zip/june.csv:1", "both.zip/june.csv:2", "both.zip/may.csv:1", "both.zip/may.csv:2"]
