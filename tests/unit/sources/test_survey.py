from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tskit.sources import survey as module
from tskit.sources.survey import survey


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"\0", b"\n\n"]), max_size=20).map(b"".join))
def test_the_counts_are_the_same_however_the_blocks_fall(data, tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    for block in (3, 4, 5, 1 << 22):
        monkeypatch.setattr(module, "_BLOCK", block)
        found = survey(path)
        assert (found.newlines, found.returns, found.pairs) == (
            data.count(b"\n"),
            data.count(b"\r"),
            data.count(b"\r\n"),
        )
        assert found.nulls == data.count(b"\0")
        assert found.has_empty_line == (b"\n\n" in data or b"\n\r\n" in data)
