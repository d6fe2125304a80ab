"""tskit template: lists, shows, makes and builds templates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tskit.cli.casebook import root_nearby
from tskit.cli.screen import say
from tskit.errors import ParameterError, RunError

if TYPE_CHECKING:
    from tskit.runs import Parameter

__all__ = ["app"]

app = typer.Typer(help="List, show, make and build templates.", no_args_is_help=True)

_Casebook = Annotated[
    Path | None,
    typer.Option("--casebook", help="A casebook, whose own templates come first."),
]
_Folder = Annotated[Path, typer.Option("--folder", help="The folder of the templates.")]
_TEMPLATES = Path("templates")


@app.command("list")
def list_(casebook: _Casebook = None) -> None:
    """List the templates that can be run."""
    from tskit.runs import Template, folders, templates

    found = templates(folders(root_nearby(casebook)))
    width = max(map(len, found), default=0)
    for name, path in found.items():
        say(f"{name:<{width}}  {Template.from_file(path).summary}")
    if not found:
        say("There is no template here; make one with: tskit template new NAME")


@app.command()
def show(name: Annotated[str, typer.Argument(help="A template.")], casebook: _Casebook = None) -> None:
    """Show what a template answers and the parameters that it takes."""
    from tskit.metrics import choices
    from tskit.runs import find, folders

    found = find(name, folders(root_nearby(casebook)))
    say(f"{found.title}\n{found.summary}\n\n{found.path}\n")
    allowed = choices(parameter.name for parameter in found.parameters)
    for parameter in found.parameters:
        say(_line(parameter))
        if parameter.name in allowed:
            say(f"      one of: {', '.join(sorted(allowed[parameter.name]))}")


def _line(parameter: Parameter) -> str:
    default = ", ".join(parameter.default) if isinstance(parameter.default, list) else parameter.default
    shown = f" = {default}" if default != "" else ""  # 0 and False are defaults, too
    return f"  {parameter.name}: {parameter.kind}{shown}\n      {parameter.help}"


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="A new name: small letters, digits and _.")], folder: _Folder = _TEMPLATES
) -> None:
    """Write a small template to start from, and build it."""
    from tskit.runs import build, starter

    source = folder / f"{name}.py"
    if source.exists():
        raise ParameterError(f"{source} is already there; choose another name.")
    text = starter(name)
    folder.mkdir(parents=True, exist_ok=True)
    source.write_text(text, encoding="utf-8", newline="\n")
    source.with_suffix(".ipynb").write_text(build(text), encoding="utf-8", newline="\n")
    say(f"Edit {source}, then: tskit template build --folder {folder}")


@app.command("build")
def build_(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when a notebook is not what its text builds.")
    ] = False,
    folder: _Folder = _TEMPLATES,
) -> None:
    """Build the notebook of every template text in a folder, and check the rules for templates."""
    from tskit.runs import build, rules, stale

    if not folder.is_dir():
        raise ParameterError(f"There is no folder {folder}; name the one that holds the templates with --folder.")
    sources = sorted(folder.glob("*.py"))
    problems = [f"{source}: {problem}" for source in sources for problem in rules(source.read_text(encoding="utf-8"))]
    outdated = stale(folder)
    for path in outdated:
        if check:
            problems.append(f"{path} is not what its text builds; run: tskit template build")
        else:
            text = path.with_suffix(".py").read_text(encoding="utf-8")
            path.write_text(build(text), encoding="utf-8", newline="\n")
            say(f"built {path}")
    if problems:
        raise RunError("\n".join(problems))
    say(f"Templates in {folder} that are as they should be: {len(sources)}")


@app.command()
def adopt(
    notebook: Annotated[Path, typer.Argument(help="A notebook that was edited in Jupyter.")],
    folder: _Folder = _TEMPLATES,
    force: Annotated[bool, typer.Option("--force", help="Replace the text that is there.")] = False,
) -> None:
    """Take a notebook's cells over into the text of its template; outputs are dropped."""
    from tskit.runs import adopt as text_of
    from tskit.runs import build, rules

    if not notebook.is_file():
        raise ParameterError(f"There is no file {notebook}.")
    target = folder / f"{notebook.stem}.py"
    if target.exists() and not force:
        raise ParameterError(f"{target} is already there; give --force to replace it.")
    text = text_of(notebook.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
    target.with_suffix(".ipynb").write_text(build(text), encoding="utf-8", newline="\n")
    say(f"{target} is written; its outputs were dropped.")
    for problem in rules(text):
        say(f"to do: {problem}")
