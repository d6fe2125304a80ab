"""From a cold terminal to a handover and to a brief: `tskit run`, and papermill alone on the same notebook.

Each call is a command of its own: it starts Python and a kernel, imports, reads the casebook's cache and runs every cell.
papermill stops there, with an executed notebook; tskit also writes the report, the copy to share, the brief, the data and a
manifest. The sample is written and read once before the clock starts; a first reading is shown as a row of its own.

    python benchmarks/on_duty.py [--quick] [--json FILE] [--rows N ...]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import ROOT, arguments, machine, measure, ratio, show, table, versions, write_json

ROUNDS = 3
TEMPLATES = ("oncall_handover", "escalation_brief")


def main() -> None:
    """Run each template by both, in turns, and print medians of seconds and their ratio."""
    parsed = arguments(__doc__.splitlines()[0], sizes=(200_000,), quick=(40_000,))
    if parsed.variant:
        name, _, template = parsed.variant.partition(":")
        VARIANTS[name](parsed.data, template)
        show({})
        return
    costs, ratios = {}, {}
    for cases in parsed.sizes:
        costs[f"{cases:,} cases"] = _measured(cases)
        ratios[f"{cases:,} cases"] = _told(costs[f"{cases:,} cases"], cases)
    print(f"\n{versions('papermill', 'duckdb', 'ibis-framework', 'pandas')}\n{machine()}")
    write_json(parsed.json, name="on_duty", costs=costs, ratios=ratios)


def _measured(cases):
    """Return what each call cost: the first one, which reads the data, and then all of them in turns."""
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept) / "casebook"
        _tskit("init", str(folder), "--sample", "--cases", str(cases))
        calls = [f"tskit:{TEMPLATES[0]}"]
        calls += [f"{name}:{template}" for _ in range(ROUNDS) for template in TEMPLATES for name in VARIANTS]
        costs = [measure(__file__, "--data", str(folder), variant=call) for call in calls]
    broken = [cost for cost in costs if cost.code]
    if broken:
        sys.exit(f"{broken[0].variant}: {broken[0].error}")
    return costs


def _told(costs, cases):
    """Print the medians, and return tskit's wall seconds as a ratio to papermill's by template."""
    first, rest = costs[0], costs[1:]
    rows = [("first reading, tskit:" + TEMPLATES[0], first.cpu, first.wall, first.peak_mb)]
    wall = {}
    for call in dict.fromkeys(cost.variant for cost in rest):
        same = [cost for cost in rest if cost.variant == call]
        wall[call] = statistics.median(cost.wall for cost in same)
        rows.append((call, statistics.median(cost.cpu for cost in same), wall[call], max(c.peak_mb for c in same)))
    print(f"\n{cases:,} cases\n" + table(rows, head=("call", "CPU s", "wall s", "peak MB")))
    ratios = {name: ratio(wall[f"tskit:{name}"], wall[f"papermill:{name}"]) for name in TEMPLATES}
    for name, found in ratios.items():
        print(f"{name}: tskit takes {found:.2f} times the wall seconds of papermill")
    return ratios


def _of(folder, template):
    """Return the parameters of a template: the planted case for the brief, none for the handover."""
    if template == "oncall_handover":
        return {}
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    story = next(story for story in truth["stories"] if story["name"] == "incident")
    return {"case_id": story["lead_case_id"], "audience": "legal", "deadline": "2026-11-02T09:00"}


def _tskit(*words):
    _quietly(sys.executable, "-m", "tskit.cli", *words)


def _quietly(*command):
    subprocess.run(command, check=True, capture_output=True)


def tskit(folder, template):
    """Run the template by `tskit run`."""
    given = [word for name, value in _of(folder, template).items() for word in ("-p", f"{name}={value}")]
    _tskit("run", template, "--casebook", str(folder), *given)


def papermill(folder, template):
    """Execute the template's notebook by papermill alone; a list goes in as YAML."""
    given = _of(folder, template) | {"casebook": str(folder)}
    if "case_id" in given:
        given["case_id"] = [given["case_id"]]
    source, out = ROOT / "templates" / f"{template}.ipynb", folder.parent / f"{template}.ipynb"
    _quietly(sys.executable, "-m", "papermill", str(source), str(out), "-y", json.dumps(given))


VARIANTS = {"tskit": tskit, "papermill": papermill}

if __name__ == "__main__":
    main()
