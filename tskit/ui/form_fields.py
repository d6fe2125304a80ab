"""The fields of a form: one control a parameter, its help beneath it, and what is wrong with what was typed."""

from __future__ import annotations

from datetime import date
from functools import partial
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import ipywidgets

from tskit.errors import ParameterError
from tskit.runs import check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tskit.runs import Parameter, ParameterValue

__all__ = ["Field", "label_of", "on_click"]

_DATES = ("start", "end")
_LABELS = {
    "start": "First day",
    "end": "Last day",
    "policy_id": "Policies",
    "market": "Markets",
    "queue": "Queues",
    "metric": "Metrics",
    "by": "Compare by",
    "case_id": "Cases",
    "where": "Or a query",
    "audience": "For whom",
    "deadline": "Answer by",
    "linked": "Whole cluster",
    "until": "As of",
    "log_until": "Log as of",
    "zone": "Time zone",
}
_STYLE = {"description_width": "9em"}
_WIDTH = "38em"
_ROWS = 7
_USUAL = ("(the usual)", "")


class Field:
    """One parameter of a form.

    `offered` are the values to choose from; nothing where anything may be typed. `titles` are words for values.
    `changed` is called when the value did.
    """

    def __init__(
        self,
        parameter: Parameter,
        *,
        offered: Sequence[str],
        changed: Callable[[], None],
        titles: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.parameter = parameter
        self.trouble = ""
        self._changed = changed
        self._titles = titles
        self._offered = _ordered(parameter, offered)
        self.control = _control(parameter, self._titled(self._offered))
        self._note = ipywidgets.HTML()
        clear = [self._clear_button()] if isinstance(self.control, ipywidgets.SelectMultiple) else []
        self.box = ipywidgets.VBox(
            [ipywidgets.HBox([self.control, *clear], layout={"flex_flow": "row wrap"}), self._note]
        )
        self._tell()
        self.control.observe(self._take, names="value")

    @property
    def value(self) -> ParameterValue:
        """Return what the control holds, as the template takes it."""
        found: Any = self.control.value
        if isinstance(found, date):
            return found.isoformat()
        if self.parameter.kind == "list[str]":
            return (
                list(found) if isinstance(found, tuple) else [part.strip() for part in found.split(",") if part.strip()]
            )
        if self.parameter.name in _DATES:
            return ""  # the date picker of an empty date holds None
        return found.strip() if isinstance(found, str) else found

    def set(self, value: ParameterValue) -> None:
        """Show a value; one that is not offered stays a choice, since a question must not change by itself."""
        if self.parameter.name in _DATES:
            self.control.value = date.fromisoformat(str(value)) if value else None
        elif isinstance(self.control, ipywidgets.SelectMultiple):
            wanted = value if isinstance(value, list) else [str(value)]
            self._show(self._offered, wanted)
            self.control.value = tuple(option for option in self._options() if option in wanted)
        elif isinstance(self.control, ipywidgets.Dropdown):
            self._show(self._offered, [str(value)])
            self.control.value = value
        else:
            self.control.value = ", ".join(value) if isinstance(value, list) else value

    def offer(self, offered: Sequence[str]) -> None:
        """Offer other values where there is a list to choose from."""
        if isinstance(self.control, ipywidgets.SelectMultiple):
            before = self.value
            self._offered = _ordered(self.parameter, offered)
            self._show(self._offered, ())
            self.set(before)

    def lock(self, *, is_locked: bool) -> None:
        """Let nobody change the value while a run goes on."""
        self.control.disabled = is_locked

    def _show(self, offered: Sequence[str], wanted: Sequence[str]) -> None:
        """Offer these values and the ones that are wanted."""
        options = self._titled([*offered, *(value for value in wanted if value and value not in offered)])
        if isinstance(self.control, ipywidgets.Dropdown):
            options = _with_usual(self.parameter, options)
        if list(self.control.options) != options:
            self.control.options = options

    def _options(self) -> list[str]:
        return [value for _, value in self.control.options]

    def _titled(self, values: Sequence[str]) -> list[tuple[str, str]]:
        return [(self._titles.get(value, value), value) for value in values if value]

    def _take(self, _: object) -> None:
        self.trouble = _trouble(self.parameter, self.value)
        self._tell()
        self._changed()

    def _tell(self) -> None:
        # The data's own words may stand in a message; here they are text.
        colour = "var(--jp-error-color0, #b71c1c)" if self.trouble else "var(--jp-ui-font-color1, #333)"
        words = escape(self.trouble or _sentence(self.parameter.help))
        self._note.value = (
            f'<div style="margin-left:9.6em;max-width:34em;line-height:1.35;color:{colour}">{words}</div>'
        )

    def _clear_button(self) -> Any:  # noqa: ANN401  # ipywidgets has no types
        name = label_of(self.parameter.name).lower()
        button = ipywidgets.Button(description="Choose none", tooltip=f"Choose none of the {name}")
        button.layout.width = "8em"
        on_click(button, lambda: self.set([]))
        return button


def on_click(button: Any, act: Callable[[], None]) -> None:  # noqa: ANN401  # ipywidgets has no types
    """Let a button do something."""

    def clicked(_: object) -> None:
        act()

    button.on_click(clicked)


def label_of(name: str) -> str:
    """Return what a parameter is called in a form.

    >>> label_of("policy_id"), label_of("smallest_change")
    ('Policies', 'Smallest change')
    """
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def _trouble(parameter: Parameter, value: ParameterValue) -> str:
    try:
        check({parameter.name: value}, [parameter])
    except ParameterError as error:
        return str(error)
    return ""


def _ordered(parameter: Parameter, offered: Sequence[str]) -> tuple[str, ...]:
    # The order of a default can mean something, as that of headlines does; a control returns its own order.
    default = parameter.default if isinstance(parameter.default, list) else [str(parameter.default)]
    return tuple(dict.fromkeys([*default, *offered])) if offered else ()


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _control(parameter: Parameter, offered: Sequence[tuple[str, str]]) -> Any:  # noqa: ANN401  # ipywidgets has no types
    given: dict[str, Any] = {
        "description": label_of(parameter.name),
        "style": _STYLE,
        "layout": ipywidgets.Layout(width=_WIDTH, max_width="98%"),
    }
    default = parameter.default
    if parameter.name in _DATES:
        value = date.fromisoformat(str(default)) if default else None
        return ipywidgets.DatePicker(value=value, **given)
    if offered and parameter.kind in {"str", "list[str]"}:
        return _choice(parameter, offered, given)
    if parameter.kind == "list[str]":
        return ipywidgets.Text(value=", ".join(cast("list[str]", default)), continuous_update=False, **given)
    return _PLAIN[parameter.kind](value=default, **given)


def _choice(parameter: Parameter, offered: Sequence[tuple[str, str]], given: Mapping[str, Any]) -> Any:  # noqa: ANN401  # as above
    default = parameter.default
    if isinstance(default, list):
        chosen = tuple(value for _, value in offered if value in default)
        return ipywidgets.SelectMultiple(options=offered, value=chosen, rows=min(len(offered), _ROWS), **given)
    if parameter.name == "source":
        return ipywidgets.Combobox(
            options=[value for _, value in offered],
            value=default,
            placeholder="the first",
            continuous_update=False,
            **given,
        )
    return ipywidgets.Dropdown(options=_with_usual(parameter, offered), value=default, **given)


def _with_usual(parameter: Parameter, offered: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    # A default that has a name is in the list itself; nothing at all would be no value of its parameter.
    return list(offered) if parameter.default else [_USUAL, *offered]


_PLAIN: Mapping[str, Any] = {
    # Sent whole once it is left: key by key, the press of a button could overtake the last ones.
    "str": partial(ipywidgets.Text, continuous_update=False),
    "int": ipywidgets.IntText,
    "float": ipywidgets.FloatText,
    "bool": ipywidgets.Checkbox,
}
