"""The widget between the page and a session. What it keeps in step with the page is labels and counts, never a case."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets
from IPython.display import display

from tskit.errors import TskitError
from tskit.ui.review.keys import key_plan
from tskit.ui.review.page import script, style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.ui.review.session import Session

__all__ = ["Review"]

_WORDS = "Review queue. To open it, run this cell again."
_BROKEN = "Something went wrong that should not have. Run the cell again; what was saved before is safe."


class Review(anywidget.AnyWidget):
    """A queue of cases to review and tag, for JupyterLab and whatever else shows widgets.

    Facts and content travel in messages of their own, which no notebook keeps. The traits hold the causes, how long an
    answer may take, and whether the queue was just opened.
    """

    _esm = script()
    _css = style()
    causes = traitlets.List().tag(sync=True)
    ack_ms = traitlets.Int(3000).tag(sync=True)
    is_new = traitlets.Bool(default_value=True).tag(sync=True)

    def __init__(self, session: Session) -> None:
        super().__init__(causes=key_plan(session.taxonomy))
        self._session = session
        self.on_msg(self._heard)

    def __repr__(self) -> str:
        return _WORDS

    def _ipython_display_(self) -> None:
        # Without its kernel the widget shows nothing, so words stand before it; its own style hides them while it lives.
        display({"text/plain": _WORDS}, raw=True)
        bundle = self._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        display(data, raw=True)

    def _heard(self, _: object, message: Mapping[str, Any], __: object) -> None:
        about = {"re": message.get("type"), "key": message.get("key", "")}
        if message.get("type") == "ping":
            self.send(about)
            return
        self.send({**about, **self._answer(message)})
        if message.get("type") == "hello":
            self.is_new = False
        # The person reads the case meanwhile; a failure here is met again, and told, when its case is asked for.
        self._prepare()

    def _answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self._session.answer(message)
        except TskitError as error:
            return {"refused": str(error)}
        except Exception:  # noqa: BLE001  # whatever it is, the person must learn that nothing was saved, without a value
            return {"refused": _BROKEN}

    def _prepare(self) -> None:
        with suppress(Exception):
            self._session.look_ahead()
