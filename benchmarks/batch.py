"""Forty trend reports of one Monday: `tskit batch` against a loop of the papermill command, notebook alone and with a page.

The grid is what a team asks for each Monday on the 200,000-case sample: one report of everything, one for each market, each
queue and each policy. papermill runs the same template on the same casebook, one command a report, in two environments: the
stock one, and a lean one without `rfc3987-syntax` (an optional checker of addresses for which jsonschema builds a parser).
CPU seconds of a side hold all of its processes: the command, kernels, workers, and the process that kernels are forked from
with its start. The sides take turns in blocks, so that a busy machine troubles them alike.

The cells' own work is what a bare fork of a warm process takes to execute the same cells and build the same outputs, without
papermill, nbclient or a kernel. It is taken off every side in the second table, and the engine's child is held against it.

    python benchmarks/batch.py [--quick] [--json FILE] [--reports N] [--theirs N]
"""

from __future__ import annotations

import argparse
import ast
import ctypes
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import ROOT, machine, table, versions

TEMPLATE = ROOT / "templates" / "trend_report.ipynb"
BLOCKS = 4
LEAN = "import sys\n\nsys.modules['rfc3987_syntax'] = None\n"
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: what loses its parent becomes ours, and its CPU is counted


@dataclass(frozen=True, slots=True)
class Spent:
    """What some reports cost: CPU and wall in seconds, of all processes."""

    reports: int
    cpu: float
    wall: float

    @property
    def each(self) -> float:
        """Return CPU seconds a report."""
        return self.cpu / self.reports


def main() -> None:
    """Run every side on the same grid, in turns, and print CPU seconds a report and how often ours goes into theirs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small sample and few reports: does it run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    parser.add_argument("--reports", type=int, help="how many of the 40 reports our side makes")
    parser.add_argument("--theirs", type=int, help="how many of them each papermill side makes, evenly spread")
    parser.add_argument("--whole", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.add_argument("--notebooks", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--bare", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.whole:
        whole(asked.whole)
    elif asked.notebooks:
        notebooks(*asked.notebooks)
    elif asked.bare:
        bare(*map(Path, asked.bare))
    else:
        compare(asked)


def compare(asked):
    """Measure every side and print the tables."""
    cases, ours = (20_000, 8) if asked.quick else (200_000, 40)
    ours = asked.reports or ours
    theirs = asked.theirs or (4 if asked.quick else ours)
    with tempfile.TemporaryDirectory(prefix="tsk-") as kept:
        place = Path(kept)
        book = place / "book"
        tskit("init", str(book), "--sample", "--cases", str(cases))
        tskit("run", "trend_report", "--casebook", str(book), "--out", str(place / "first"), "--kernel", "cold")
        grid = points(book)[:ours]
        spent, own = sides(place, book, grid, spread(grid, theirs))
    show(spent, own, asked, cases=cases)


def points(book):
    """Return the parameters of a Monday's reports: of all markets, of each market, each queue and each policy."""
    import duckdb  # noqa: PLC0415  # wrappers and bare forks must not pay for it

    file = book / "data" / "cases.parquet"
    found = []
    for name in ("market", "queue", "policy_id"):
        values = duckdb.execute(f"select distinct {name} from '{file}' where {name} is not null order by 1").fetchall()
        found += [{name: [value]} for (value,) in values]
    found.append({"market": [value for point in found for value in point.get("market", ())]})
    # In steps of seven, so that a part of the list holds some of each kind as well.
    return [found[(index * 7) % len(found)] for index in range(len(found))] if len(found) % 7 else found


def spread(grid, count):
    """Return so many reports of the grid, evenly spread."""
    return [grid[index * len(grid) // count] for index in range(min(count, len(grid)))]


def sides(place, book, grid, theirs):
    """Return what each side spent, and the cells alone: papermill and cells in blocks, ours whole at both ends and between."""
    lean = place / "lean"
    lean.mkdir()
    (lean / "sitecustomize.py").write_text(LEAN, encoding="utf-8")
    found, own = {}, []

    def ours(name, workers, html):
        made = batch(place, book, grid, workers=workers, html=html, name=f"{name}-{len(found.get(name, []))}")
        found.setdefault(name, []).append(made)

    for block in range(BLOCKS):
        part = theirs[block::BLOCKS]
        if block in (0, BLOCKS - 1):
            ours("tskit, notebooks", 1, html=False)
            ours("tskit, with HTML", 1, html=True)
        for name, path in (("stock", ""), ("lean", str(lean))):
            loops = loop(place, book, part, path=path)
            for side, spent in zip(
                (f"papermill {name}, notebooks", f"papermill {name}, with HTML"), loops, strict=True
            ):
                found.setdefault(side, []).append(spent)
        own += own_work(place, book, grid[block::BLOCKS])
        if block == 1:
            ours("tskit, notebooks, 2 workers", 2, html=False)
            ours("tskit, with HTML, 2 workers", 2, html=True)
        print(f"block {block + 1} of {BLOCKS} done, load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    return {name: added(parts) for name, parts in found.items()}, own


def added(parts):
    """Return several spendings as one."""
    return Spent(sum(p.reports for p in parts), sum(p.cpu for p in parts), sum(p.wall for p in parts))


def loop(place, book, reports, *, path):
    """Run papermill once a report, then nbconvert; return what the notebooks cost, and notebooks and pages together."""
    own = {"TSKIT_CASEBOOK": str(book)} | ({"PYTHONPATH": path} if path else {})
    out = place / "theirs.ipynb"
    made, pages = [], []
    for given in reports:
        told = [part for name, value in given.items() for part in ("-y", f"{name}: [{', '.join(value)}]")]
        command = [program("papermill"), str(TEMPLATE), str(out), "--no-progress-bar", *told]
        made.append(spend(command, reports=1, environment=own))
        page = [program("jupyter"), "nbconvert", "--to", "html", "--log-level", "ERROR", str(out)]
        pages.append(spend(page, reports=1, environment=own))
    notebook = added(made)
    return notebook, Spent(notebook.reports, notebook.cpu + added(pages).cpu, notebook.wall + added(pages).wall)


def batch(place, book, grid, *, workers, html, name):
    """Run our batch, with a zygote of its own, and return what it cost."""
    runtime = place / "r" / name.replace(" ", "")[-12:]
    runtime.mkdir(parents=True)
    file, out = place / "grid.csv", place / "ours" / name.replace(" ", "-")
    rows = [",".join("|".join(given.get(column, [])) for column in ("market", "queue", "policy_id")) for given in grid]
    file.write_text("\n".join(["market,queue,policy_id", *rows]) + "\n", encoding="utf-8")
    told = [str(book), str(file), str(out), str(workers)]
    command = [sys.executable, __file__, "--notebooks", *told]
    if html:
        names = ("--casebook", "--grid", "--out", "--workers")
        options = [part for pair in zip(names, told, strict=True) for part in pair]
        command = [program("tskit"), "batch", "trend_report", *options]
    spent = spend(command, reports=len(grid), environment={"XDG_RUNTIME_DIR": str(runtime)})
    done = len(list(out.glob("batch-*/*/notebook.ipynb")))
    if done != len(grid):
        sys.exit(f"{name}: {done} of {len(grid)} notebooks")
    return spent


def notebooks(book, grid, out, workers):
    """Run a batch that writes notebooks, findings and data, but no page, as papermill writes none."""
    from tskit.cli import batch_begun  # noqa: PLC0415  # only this side needs it

    batch_begun.export = nothing
    asked = batch_begun.Asked((), None, {}, int(workers), None)
    batch_begun.begin("trend_report", Path(grid), (), asked, casebook=Path(book), out=Path(out), is_dry=False)


def nothing(notebook, folder, *, formats, record_url):
    """Write no page."""
    del notebook, folder, formats, record_url
    return ()


def own_work(place, book, grid):
    """Return CPU seconds of the cells alone, by report, in bare forks of a warm process."""
    file = place / "own.json"
    file.write_text(json.dumps(grid), encoding="utf-8")
    environment = {**os.environ, "TSKIT_CASEBOOK": str(book), "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
    environment["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
    command = [sys.executable, __file__, "--bare", str(file), str(place / "bare.json")]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return json.loads((place / "bare.json").read_text(encoding="utf-8"))


def bare(reports, out):
    """Import what a zygote imports, fork once a report, execute the cells and format what they show; write CPU seconds."""
    from tskit.cli.warm import PRELOAD  # noqa: PLC0415  # only this side needs it

    for name in PRELOAD:
        module, _, function = name.partition(":")
        found = importlib.import_module(module)
        if function and module != "tskit.runs.engine.child":
            getattr(found, function)()
    cells = [c for c in json.loads(TEMPLATE.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in cells]
    spent = []
    for given in json.loads(reports.read_text(encoding="utf-8")):
        child = os.fork()
        if child == 0:
            execute(sources, given)
            os._exit(0)
        _, status, usage = os.wait4(child, 0)
        if status:
            sys.exit("A bare fork failed.")
        spent.append(usage.ru_utime + usage.ru_stime)
    out.write_text(json.dumps(spent), encoding="utf-8")


def execute(sources, given):
    """Execute cells as a script does, and format the last value of each as a kernel would."""
    from IPython.core.formatters import DisplayFormatter  # noqa: PLC0415  # as above

    shown, space, formatter = [], {"__name__": "__main__"}, DisplayFormatter()
    for number, source in enumerate(sources):
        body = ast.parse(source).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), "cell", "exec"), space)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), space)
            shown.append(formatter.format(value) if value is not None else None)
        if number == 0:
            space.update(given)
    return json.dumps(shown, default=str)


def spend(command, *, reports, environment):
    """Run a command in a wrapper that inherits whatever it leaves behind, and return what all of it cost."""
    whole_environment = {**os.environ, **environment}
    wrapper = [sys.executable, "-S", "-E", __file__, "--whole", *command]
    start = time.monotonic()
    done = subprocess.run(wrapper, env=whole_environment, capture_output=True, text=True, check=False)
    wall = time.monotonic() - start
    if done.returncode:
        sys.exit(f"{Path(command[0]).name}: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Spent(reports, told["cpu"], min(wall, told["wall"]))


def whole(command):
    """Run a command, end what it left behind, and print the CPU seconds of everything that was started for it."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    start = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    wall = time.monotonic() - start
    sys.stderr.buffer.write(done.stderr)
    left = f"/proc/self/task/{os.getpid()}/children"
    deadline = time.monotonic() + 20
    while children := Path(left).read_text(encoding="utf-8").split():
        for child in children:
            os.kill(int(child), signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
        os.waitpid(int(children[0]), 0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "wall": wall}))
    sys.exit(done.returncode)


def show(spent, own, asked, *, cases):
    """Print the tables, and write the figures."""
    cells = sum(own) / len(own)
    rows = [(name, s.reports, s.each, s.each - cells, s.wall / s.reports) for name, s in sorted(spent.items())]
    print(f"\n{cases:,} cases; the cells' own work is {cells:.2f} CPU s a report\n")
    print(table(rows, head=("side", "reports", "CPU s a report", "without the cells", "wall s a report")))
    ratios = {}
    for kind in ("notebooks", "with HTML"):
        mine = spent[f"tskit, {kind}"].each
        for name in ("stock", "lean"):
            other = spent[f"papermill {name}, {kind}"].each
            ratios[f"{name}, {kind}"] = other / mine
            if kind == "notebooks":
                ratios[f"{name}, {kind}, without the cells"] = (other - cells) / max(mine - cells, 1e-9)
    print()
    print(table(list(ratios.items()), head=("papermill over tskit, CPU", "times")))
    known = versions("papermill", "nbclient", "nbconvert", "ipykernel", "duckdb", "ibis-framework", "pandas")
    print(f"\n{known}\n{machine()}")
    if asked.json:
        body = {"benchmark": "batch", "versions": known, "machine": machine(), "ratios": ratios, "own": own}
        body["spent"] = {name: asdict(value) for name, value in spent.items()}
        asked.json.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")


def program(name):
    """Return the path of a command of this environment."""
    return str(Path(sys.executable).with_name(name))


def tskit(*arguments):
    """Call the command line, quietly."""
    subprocess.run([program("tskit"), *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    main()
