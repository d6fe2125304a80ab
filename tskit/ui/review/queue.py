"""The order of the cases under review: it stays in the kernel, the page knows one place of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tskit.model import CaseSet

__all__ = ["Queue", "opened_order"]


@dataclass(slots=True)
class Queue:
    """Case ids in order, each once, and the place where the person is."""

    order: Sequence[str] = field(repr=False)
    place: int = 0
    _places: dict[str, int] = field(default_factory=dict[str, int], repr=False)

    def __post_init__(self) -> None:
        """Refuse an empty queue."""
        self.order = tuple(dict.fromkeys(self.order))
        if not self.order:
            raise ParameterError("There is no case to review: the order is empty. Widen the scope or the filters.")
        self._places = {case_id: place for place, case_id in enumerate(self.order)}

    def __len__(self) -> int:
        return len(self.order)

    def __contains__(self, case_id: object) -> bool:
        return case_id in self._places

    @property
    def here(self) -> str:
        """Return the case at the place where the person is."""
        return self.order[self.place]

    def place_of(self, case_id: str) -> int:
        """Return where a case stands, from 0."""
        return self._places[case_id]

    def move(self, steps: int) -> None:
        """Go some cases on, or back, and stop at the ends."""
        self.go(self.place + steps)

    def go(self, place: int) -> None:
        """Go to a place; one beyond the ends is the end."""
        self.place = max(0, min(len(self.order) - 1, place))

    def find(self, text: str) -> int | None:
        """Return the place that a person means: a position from 1, a case id, or the one end of an id that fits."""
        name = text.strip().replace(",", "")
        if name in self._places:
            return self._places[name]
        if name.isdigit() and 1 <= int(name) <= len(self.order):
            return int(name) - 1
        ends = [place for case_id, place in self._places.items() if len(name) >= 4 and case_id.endswith(name)]
        return ends[0] if len(ends) == 1 else None

    def ahead(self, count: int) -> list[str]:
        """Return the cases that follow the present one, at most so many."""
        return list(self.order[self.place + 1 : self.place + 1 + count])

    def open_place(self, answered: Mapping[str, object], *, after: int = -1) -> int | None:
        """Return the first place after `after` whose case has no answer, then any such place, or None when all have."""
        for place in self._round(after + 1):
            if self.order[place] not in answered:
                return place
        return None

    def _round(self, start: int) -> Iterator[int]:
        yield from range(start, len(self.order))
        yield from range(min(start, len(self.order)))


def opened_order(case_set: CaseSet) -> list[str]:
    """Return the ids of the cases that were opened in the scope's period, oldest first."""
    window = case_set.scope.window
    cases = case_set.cases
    inside = cases.filter((cases.created_at >= window.starts_at) & (cases.created_at < window.ends_at))
    ordered = inside.order_by([inside.created_at, inside.case_id]).select("case_id")
    return [str(case_id) for case_id in ordered.to_pyarrow().column("case_id").to_pylist()]
