"""When something is due: a table worked by hand, with the reasoning in words.

`after` and `pauses` are local times of the zone that follows them; a Z means UTC. `due` is UTC. A deadline in days ends with
the last microsecond of a day: "< 2026-11-03 16:00" is the one before that moment.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from tests.support.tables import rows_from
from tskit.calendars import deadline_at, is_in_force
from tskit.model import Deadline, Site

BANGKOK = Site("bangkok", "TH", "Asia/Bangkok", opens="09:00", closes="17:00")
EVERY_DAY = Site("every_day", "SG", "Asia/Singapore", workdays=(1, 2, 3, 4, 5, 6, 7), opens="07:00", closes="23:00")
NIGHTS = Site("nights", "SG", "Asia/Singapore", opens="22:00", closes="06:00")
SITES = (BANGKOK, EVERY_DAY, NIGHTS)

SGT = {"zone": "Asia/Singapore"}
PRESETS = {
    "3 h": Deadline("3 h", hours=3),
    "24 h": Deadline("24 h", hours=24),
    "36 h": Deadline("36 h", hours=36),
    "4 h, pauses": Deadline("4 h, pauses", hours=4, pauses=True),
    "24 h, pauses": Deadline("24 h, pauses", hours=24, pauses=True),
    "1 day Jakarta": Deadline("1 day Jakarta", days=1, zone="Asia/Jakarta"),
    "1 day Singapore": Deadline("1 day Singapore", days=1, **SGT),
    "1 day Tokyo": Deadline("1 day Tokyo", days=1, zone="Asia/Tokyo"),
    "1 day Sydney": Deadline("1 day Sydney", days=1, zone="Australia/Sydney"),
    "1 day Cairo": Deadline("1 day Cairo", days=1, zone="Africa/Cairo"),
    "1 day Azores": Deadline("1 day Azores", days=1, zone="Atlantic/Azores"),
    "7 days Berlin": Deadline("7 days Berlin", days=7, zone="Europe/Berlin"),
    "3 days Singapore": Deadline("3 days Singapore", days=3, **SGT),
    "30 days Singapore": Deadline("30 days Singapore", days=30, **SGT),
    "3 days, pauses": Deadline("3 days, pauses", days=3, pauses=True, **SGT),
    "1 wd SG": Deadline("1 wd SG", working_days=1, calendar="SG", **SGT),
    "2 wd SG": Deadline("2 wd SG", working_days=2, calendar="SG", **SGT),
    "4 wd SG": Deadline("4 wd SG", working_days=4, calendar="SG", **SGT),
    "2 wd SG, pauses": Deadline("2 wd SG, pauses", working_days=2, calendar="SG", pauses=True, **SGT),
    "1 wd MY": Deadline("1 wd MY", working_days=1, calendar="MY", zone="Asia/Kuala_Lumpur"),
    "1 wd NSW": Deadline("1 wd NSW", working_days=1, calendar="AU-NSW", zone="Australia/Sydney"),
    "1 wd BD": Deadline("1 wd BD", working_days=1, calendar="BD", zone="Asia/Dhaka"),
    "2 wd CN": Deadline("2 wd CN", working_days=2, calendar="CN", zone="Asia/Shanghai"),
    "2 wd bangkok": Deadline("2 wd bangkok", working_days=2, calendar="bangkok"),
    "2 wd bangkok, Tokyo": Deadline("2 wd bangkok, Tokyo", working_days=2, calendar="bangkok", zone="Asia/Tokyo"),
    "2 wd bangkok, pauses": Deadline("2 wd bangkok, pauses", working_days=2, calendar="bangkok", pauses=True),
    "1 wd every_day": Deadline("1 wd every_day", working_days=1, calendar="every_day"),
    "1 wd nights, pauses": Deadline("1 wd nights, pauses", working_days=1, calendar="nights", pauses=True),
}

HOURS = """
preset | after                           | pauses | due              | because
24 h   | 2026-03-28 12:00 Europe/Berlin  |        | 2026-03-29 11:00 | 12:00 is 11:00 UTC; the night of 28 March lacks an hour, so 24 hours end at 13:00
24 h   | 2026-10-24 12:00 Europe/Berlin  |        | 2026-10-25 10:00 | 12:00 is 10:00 UTC; the night has 25 hours, so 24 of them end at 11:00
36 h   | 2026-10-03 20:00 Australia/Sydney |      | 2026-10-04 22:00 | 20:00 is 10:00 UTC; clocks go forward on 4 October, so it is 09:00 on Monday there
24 h   | 2026-04-04 12:00 Australia/Sydney |      | 2026-04-05 01:00 | 12:00 is 01:00 UTC; clocks go back on 5 April, so it is 11:00 there
3 h    | 2026-10-25 00:30 Z              |        | 2026-10-25 03:30 | 02:30 in Berlin for the first time; it comes again an hour later, and three hours end at 04:30
24 h   | 2026-02-16 20:00 Asia/Ho_Chi_Minh |      | 2026-02-17 13:00 | 20:00 is 13:00 UTC; hours run on through Tet
24 h   | 2026-10-31 23:00 Asia/Singapore |        | 2026-11-01 15:00 | 23:00 is 15:00 UTC; hours run on through Saturday and Sunday
36 h   | 2026-12-31 20:00 Asia/Jakarta   |        | 2027-01-02 01:00 | 20:00 is 13:00 UTC; 11 hours are left of the year in UTC, 25 lie in the new one
24 h   | 2028-02-28 18:00 Asia/Singapore |        | 2028-02-29 10:00 | 18:00 is 10:00 UTC; 2028 has a 29 February
24 h   | 2026-02-28 18:00 Asia/Singapore |        | 2026-03-01 10:00 | 2026 has none
"""

DAYS = """
preset            | after                           | pauses | due                | because
1 day Jakarta     | 2026-11-02 09:00 Asia/Jakarta   |        | < 2026-11-03 17:00 | Monday; day 1 is Tuesday, which ends at 17:00 UTC
1 day Jakarta     | 2026-11-02 23:59 Asia/Jakarta   |        | < 2026-11-03 17:00 | still Monday, so that only a minute more than a day is left
1 day Jakarta     | 2026-11-03 00:00 Asia/Jakarta   |        | < 2026-11-04 17:00 | Tuesday begins at midnight; day 1 is Wednesday
1 day Singapore   | 2026-10-30 23:30 Asia/Singapore |        | < 2026-10-31 16:00 | Friday night; day 1 is Saturday, and days of the calendar know no weekend
1 day Tokyo       | 2026-10-30 23:30 Asia/Singapore |        | < 2026-11-01 15:00 | the same moment is Saturday 00:30 in Tokyo; day 1 is Sunday, which ends at 15:00 UTC
7 days Berlin     | 2026-03-24 15:00 Europe/Berlin  |        | < 2026-03-31 22:00 | Tuesday; day 7 is 31 March, which ends at midnight of summer time, UTC+2
7 days Berlin     | 2026-10-20 15:00 Europe/Berlin  |        | < 2026-10-27 23:00 | Tuesday; day 7 is 27 October, which ends at midnight of winter time, UTC+1
1 day Sydney      | 2026-10-03 15:00 Australia/Sydney |      | < 2026-10-04 13:00 | day 1 is Sunday of 23 hours; it ends at UTC+11
1 day Sydney      | 2026-04-04 15:00 Australia/Sydney |      | < 2026-04-05 14:00 | day 1 is Sunday of 25 hours; it ends at UTC+10
1 day Cairo       | 2026-04-22 10:00 Africa/Cairo   |        | < 2026-04-23 22:00 | day 1 is Thursday; Friday has no 00:00 there, it begins at 01:00 of UTC+3
1 day Azores      | 2026-10-23 10:00 Atlantic/Azores |       | < 2026-10-25 00:00 | day 1 is Saturday; Sunday begins at the first 00:00 of UTC+0, and 00:00 comes again an hour later
3 days Singapore  | 2026-02-15 10:00 Asia/Singapore |        | < 2026-02-18 16:00 | Sunday; day 3 is Wednesday, and days of the calendar know no Lunar New Year
30 days Singapore | 2028-01-31 12:00 Asia/Singapore |        | < 2028-03-01 16:00 | February has 29 days in 2028, so day 30 is 1 March
30 days Singapore | 2027-01-31 12:00 Asia/Singapore |        | < 2027-03-02 16:00 | February has 28 days in 2027, so day 30 is 2 March
3 days Singapore  | 2026-12-30 09:00 Asia/Singapore |        | < 2027-01-02 16:00 | day 1 is New Year's Eve, day 3 the second of January
"""

WORKING_DAYS = """
preset         | after                           | pauses | due                | because
2 wd SG        | 2026-10-30 22:30 Asia/Singapore |        | < 2026-11-03 16:00 | Friday night; Monday and Tuesday
1 wd SG        | 2026-10-31 11:00 Asia/Singapore |        | < 2026-11-02 16:00 | Saturday; the first working day after it is Monday
2 wd SG        | 2026-02-13 15:00 Asia/Singapore |        | < 2026-02-19 16:00 | Friday; Monday 16, then Lunar New Year on 17 and 18, Thursday 19
1 wd SG        | 2026-02-17 10:00 Asia/Singapore |        | < 2026-02-19 16:00 | on the holiday itself; the 18th is one, too
1 wd SG        | 2026-03-20 10:00 Asia/Singapore |        | < 2026-03-23 16:00 | Friday; Hari Raya Puasa falls on Saturday, for which Singapore gives no other day
1 wd MY        | 2026-03-19 10:00 Asia/Kuala_Lumpur |     | < 2026-03-24 16:00 | Thursday; Hari Raya from Friday to Sunday, its second day given on Monday; Tuesday
4 wd SG        | 2026-05-26 12:00 Asia/Singapore |        | < 2026-06-03 16:00 | Wednesday 27 is Hari Raya Haji; 28, 29; Vesak Day is Sunday 31, given on Monday; 2, 3 June
2 wd SG        | 2026-11-05 09:00 Asia/Singapore |        | < 2026-11-10 16:00 | Thursday; Friday; Deepavali is Sunday 8, given on Monday 9; Tuesday 10
1 wd SG        | 2025-10-17 09:00 Asia/Singapore |        | < 2025-10-21 16:00 | a year before, Deepavali was Monday 20 October: Tuesday
1 wd SG        | 2026-12-31 18:00 Asia/Singapore |        | < 2027-01-04 16:00 | New Year's Day is a Friday; Monday
1 wd SG        | 2027-02-05 18:00 Asia/Singapore |        | < 2027-02-09 16:00 | Lunar New Year on Saturday and Sunday; Monday is given for Sunday; Tuesday
1 wd NSW       | 2026-04-02 16:00 Australia/Sydney |      | < 2026-04-07 14:00 | Good Friday to Easter Monday; clocks go back on Sunday, so Tuesday ends at UTC+10
1 wd NSW       | 2026-10-02 16:00 Australia/Sydney |      | < 2026-10-06 13:00 | Friday; Labour Day is Monday 5 October; clocks go forward on Sunday, so Tuesday ends at UTC+11
1 wd BD        | 2026-11-05 10:00 Asia/Dhaka     |        | < 2026-11-08 18:00 | Thursday; in Bangladesh the weekend is Friday and Saturday; Sunday
2 wd CN        | 2026-02-13 10:00 Asia/Shanghai  |        | < 2026-02-24 16:00 | Friday; Saturday 14 is worked for the holidays; 16 to 23 are off; Tuesday 24
2 wd bangkok   | 2026-10-21 10:00 Asia/Bangkok   |        | < 2026-10-26 17:00 | Wednesday; Thursday; Chulalongkorn Day is Friday 23; Monday, which ends at 17:00 UTC
2 wd bangkok, Tokyo | 2026-10-21 10:00 Asia/Bangkok |     | < 2026-10-26 15:00 | the same days, but they end at midnight in Tokyo
2 wd bangkok   | 2026-11-02 03:00 Asia/Bangkok   |        | < 2026-11-04 17:00 | before opening on Monday, which does not count all the same; Tuesday, Wednesday
1 wd every_day | 2026-10-31 12:00 Asia/Singapore |        | < 2026-11-01 16:00 | this site works on Sunday
1 wd every_day | 2026-11-07 12:00 Asia/Singapore |        | < 2026-11-10 16:00 | but not on Deepavali, Sunday 8, nor on the day given for it, Monday 9
"""

MONDAY = "2026-11-02 09:00 Asia/Singapore"
PAUSES = """
preset               | after  | pauses                                                                | due                | because
24 h                 | MONDAY | 2026-11-02 12:00 > 2026-11-02 18:00                                   | 2026-11-03 01:00   | 09:00 is 01:00 UTC; what no pause moves, none moves
24 h, pauses         | MONDAY | 2026-11-02 12:00 > 2026-11-02 18:00                                   | 2026-11-03 07:00   | six hours later
24 h, pauses         | MONDAY | 2026-11-02 12:00 > 2026-11-02 18:00, 2026-11-02 15:00 > 2026-11-02 20:00 | 2026-11-03 09:00 | they overlap: eight hours, not eleven
24 h, pauses         | MONDAY | 2026-11-02 15:00 > 2026-11-02 20:00, 2026-11-02 12:00 > 2026-11-02 18:00 | 2026-11-03 09:00 | whatever their order
24 h, pauses         | MONDAY | 2026-10-30 09:00 > 2026-11-01 09:00                                   | 2026-11-03 01:00   | it was over before the hours began
24 h, pauses         | MONDAY | 2026-11-01 09:00 > 2026-11-02 11:00                                   | 2026-11-03 03:00   | two hours of it lie after the beginning
4 h, pauses          | MONDAY | 2026-11-02 13:00 > 2026-11-02 15:00                                   | 2026-11-02 05:00   | the hours are used up at 13:00, when it begins
4 h, pauses          | MONDAY | 2026-11-02 10:00 > 2026-11-02 14:00, 2026-11-02 15:00 > 2026-11-02 16:00 | 2026-11-02 10:00 | the first moves 13:00 to 17:00, so that the second counts, too: 18:00
24 h, pauses         | 2026-10-24 12:00 Europe/Berlin | 2026-10-25 07:00 > 2026-10-25 11:00             | 2026-10-25 14:00 | 23:00 to 03:00 UTC is 01:00 to 04:00 in Berlin, which lasts four hours that night
3 days Singapore     | MONDAY | 2026-11-03 00:00 > 2026-11-05 00:00                                   | < 2026-11-05 16:00 | no pause moves it: Tuesday, Wednesday, Thursday
3 days, pauses       | MONDAY | 2026-11-03 10:00 > 2026-11-05 10:00                                   | < 2026-11-06 16:00 | of Wednesday nothing was left; Tuesday, Thursday, Friday
3 days, pauses       | MONDAY | 2026-11-03 00:00 > 2026-11-05 00:00                                   | < 2026-11-07 16:00 | nothing was left of Tuesday and Wednesday; Thursday, Friday, Saturday
3 days, pauses       | MONDAY | 2026-11-03 01:00 > 2026-11-03 23:00                                   | < 2026-11-05 16:00 | two hours of Tuesday were left
2 wd SG, pauses      | MONDAY | 2026-11-06 18:00 > 2026-11-10 09:00                                   | < 2026-11-04 16:00 | Tuesday and Wednesday were over before it began
2 wd SG, pauses      | 2026-11-05 09:00 Asia/Singapore | 2026-11-06 18:00 > 2026-11-10 09:00          | < 2026-11-10 16:00 | Friday and Tuesday have something left; the weekend and Monday do not count anyway
2 wd bangkok, pauses | MONDAY | 2026-11-03 17:00 > 2026-11-04 11:00                                   | < 2026-11-04 17:00 | 16:00 to 10:00 in Bangkok, over closing time: something is left of Tuesday and of Wednesday
2 wd bangkok, pauses | MONDAY | 2026-11-03 18:00 > 2026-11-04 10:00                                   | < 2026-11-04 17:00 | from closing to opening time nothing is lost
2 wd bangkok, pauses | MONDAY | 2026-11-03 09:00 > 2026-11-04 19:00                                   | < 2026-11-06 17:00 | 08:00 on Tuesday to 18:00 on Wednesday: both are lost; Thursday, Friday
2 wd bangkok, pauses | MONDAY | 2026-11-03 10:00 > 2026-11-03 14:00, 2026-11-03 14:00 > 2026-11-03 18:00 | < 2026-11-05 17:00 | one after the other they take Tuesday, 09:00 to 17:00; Wednesday, Thursday
1 wd nights, pauses  | MONDAY | 2026-11-03 21:00 > 2026-11-04 07:00                                   | < 2026-11-04 16:00 | Tuesday's shift lasts until Wednesday morning and is lost; Wednesday
1 wd nights, pauses  | MONDAY | 2026-11-03 00:00 > 2026-11-04 00:00                                   | < 2026-11-03 16:00 | six hours of Tuesday's shift lie after midnight
"""


def instant(text):
    """Return the moment: a local time and its zone, of Singapore where none is named."""
    day, time, *zone = text.split()
    place = UTC if zone == ["Z"] else ZoneInfo(zone[0] if zone else "Asia/Singapore")
    return datetime.fromisoformat(f"{day} {time}").replace(tzinfo=place).astimezone(UTC)


def pauses_of(text):
    spans = [span.split(">") for span in text.split(",") if span]
    rows = [("case", *(instant(end.strip()) for end in span)) for span in spans]
    return pd.DataFrame(rows, columns=["case_id", "paused_at", "resumed_at"])


def due_of(row):
    after = instant(row["after"].replace("MONDAY", MONDAY))
    pauses = pauses_of(row["pauses"])
    return deadline_at(pd.Series([after], ["case"]), PRESETS[row["preset"]], sites=SITES, pauses=pauses)["case"]


ROWS = [row for table in (HOURS, DAYS, WORKING_DAYS, PAUSES) for row in rows_from(table)]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['preset']} {row['after']} {n}" for n, row in enumerate(ROWS)])
def test_a_deadline_ends_when_the_table_says(row):
    ends = instant(row["due"].removeprefix("< ") + " Z")
    is_day = row["due"].startswith("<")
    assert due_of(row) == ends - is_day * timedelta(microseconds=1), row["because"]


def test_the_table_holds_enough_and_uses_each_preset():
    assert len(ROWS) >= 60
    assert {row["preset"] for row in ROWS} == set(PRESETS)
    assert all(row["because"] for row in ROWS)


INDIA = [
    Deadline("36 h", hours=36, zone="Asia/Kolkata", valid_until="2026-02-19"),
    Deadline("3 h", hours=3, zone="Asia/Kolkata", valid_from="2026-02-20"),
]


@pytest.mark.parametrize(
    ("after", "holds", "due"),
    [
        # 23:59:59 in Kolkata is the last second under the old law, although in Singapore the new day has come.
        ("2026-02-19 23:59:59 Asia/Kolkata", "36 h", "2026-02-21 06:29:59"),
        ("2026-02-20 00:00:00 Asia/Kolkata", "3 h", "2026-02-19 21:30:00"),
        ("2026-02-20 00:00:00 Asia/Singapore", "36 h", "2026-02-21 04:00:00"),
        ("2020-01-01 12:00:00 Asia/Kolkata", "36 h", "2020-01-02 18:30:00"),
        ("2027-06-01 12:00:00 Asia/Kolkata", "3 h", "2027-06-01 09:30:00"),
    ],
)
def test_a_law_that_changed_holds_by_the_local_day_on_which_the_time_began_to_run(after, holds, due):
    began = pd.Series([instant(after)])
    [found] = [deadline for deadline in INDIA if is_in_force(began, deadline)[0]]
    assert found.name == holds
    assert deadline_at(began, found)[0] == instant(f"{due} Z")
