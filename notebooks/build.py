"""Run every template on the synthetic sample and keep the executed notebooks here, so that a reader sees one at once.

    python notebooks/build.py --casebook DIR            write NAME.ipynb for each template
    python notebooks/build.py --casebook DIR --check    fail where the findings differ from the ones that are kept
    python notebooks/build.py --casebook DIR NAME       only this template, or these

Charts get a PNG beside their spec, since most viewers of notebooks draw no Vega-Lite.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import vl_convert

from tskit.model import FINDING_MIME
from tskit.runs import Setting, Template, execute

HERE = Path(__file__).parent
TEMPLATES = HERE.parent / "templates"
FIGURE_MIME = "application/vnd.tskit.vegalite+json"
STARTED = datetime(2026, 11, 2, 1, tzinfo=UTC)
QUESTIONS: dict[str, dict[str, Any]] = {
    "root_cause_session": {"start": "2026-08-10", "end": "2026-11-01"},
    "case_deep_dive": {"case_id": ["5005g0000171389AAA"]},  # one of the coordinated cluster of the default sample
    # The first report of the incident of the default sample, and the hour at which its shift ends.
    "escalation_brief": {"case_id": ["5005g0000200001AAA"], "linked": True, "deadline": "2026-11-02T09:00"},
    "oncall_handover": {"until": "2026-11-01T21:00"},
    "pattern_scan": {"metric": ["cases_opened", "overturn_rate"], "by": ["market", "queue", "policy_id"]},
}
"""What the worked example asks, where the template's own defaults are not the best story."""


def main() -> int:
    """Build or check each notebook; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--casebook", type=Path, required=True, help="a folder made by: tskit init DIR --sample")
    parser.add_argument("--check", action="store_true", help="write nothing; compare the findings")
    parser.add_argument("names", nargs="*", metavar="NAME", help="the templates to run; all where none is named")
    options = parser.parse_args()
    sources = {path.stem: path for path in sorted(TEMPLATES.glob("*.py"))}
    if strange := sorted(set(options.names) - set(sources)):
        parser.error(f"There is no template {strange[0]}; there are: {', '.join(sources)}.")
    asked = options.names or list(sources)
    stale = [name for name in asked if not _built(sources[name], options.casebook, options.check)]
    for name in stale:
        sys.stderr.write(f"notebooks/{name}.ipynb does not hold the findings of this code. Run: make examples\n")
    return 1 if stale else 0


def _built(source: Path, casebook: Path, check: bool) -> bool:  # noqa: FBT001  # one switch of a private step
    notebook = _executed(source, casebook)
    path = HERE / f"{source.stem}.ipynb"
    if check:
        return path.exists() and _findings(nbformat.read(path, as_version=4)) == _findings(notebook)
    for output in _outputs(notebook):
        if FIGURE_MIME in output.get("data", {}):
            output["data"]["image/png"] = _picture(output["data"][FIGURE_MIME]["spec"])
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    sys.stdout.write(f"notebooks/{path.name} written\n")
    return True


def _executed(source: Path, casebook: Path) -> Any:
    with tempfile.TemporaryDirectory(prefix="tskit-examples-") as folder:
        setting = Setting(clock=lambda: STARTED, casebook=casebook.resolve())
        asked = QUESTIONS.get(source.stem, {})
        run = execute(Template.from_file(source), asked, root=Path(folder), setting=setting)
        return nbformat.read(run.folder / "notebook.ipynb", as_version=4)


def _outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def _findings(notebook: Any) -> list[str]:
    bundles = [output["data"][FINDING_MIME] for output in _outputs(notebook) if FINDING_MIME in output.get("data", {})]
    return [json.dumps(bundle, sort_keys=True) for bundle in bundles]


def _picture(spec: dict[str, Any]) -> str:
    return base64.b64encode(vl_convert.vegalite_to_png(spec, vl_version="6.4", scale=1.0)).decode()


if __name__ == "__main__":
    sys.exit(main())
