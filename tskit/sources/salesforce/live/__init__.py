"""An organisation of Salesforce, live: its objects by the Bulk API, read and never written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from tskit.model import Source
    from tskit.sources.salesforce.live.checks import Check
    from tskit.sources.salesforce.live.shape import Shape
    from tskit.sources.store import Delivery

__all__ = ["describe", "extract", "verify"]


def extract(
    source: Source,
    delivery: Delivery,
    *,
    root: Path,  # noqa: ARG001  # every extractor is called alike
    secret: Callable[[str], str],
    progress: Callable[[str, int], None],
    now: datetime,
) -> None:
    """Receive the objects that cases are assembled from into a delivery, which goes on where it was cut.

    `secret` gives a secret by its kind: `private_key`, `client_secret` or `token`. `progress` is told an object and its
    rows so far.

    Raises:
        ParameterError: the source's settings cannot be meant so.
        SourceError: the extra is not installed, or the organisation cannot be reached or read; what came is kept.
    """
    try:
        # Requests and all that it brings are loaded by whoever syncs an organisation, and by nobody else.
        from tskit.sources.salesforce.live.pace import Pace  # noqa: PLC0415
        from tskit.sources.salesforce.live.receiving import receive  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise lacking_extra(error) from None
    receive(source, delivery, secret=secret, progress=progress, now=now, pace=Pace())


def verify(source: Source, *, secret: Callable[[str], str], now: datetime) -> Iterator[Check]:
    """Yield what an organisation answers to each question that extracts rely on; nothing is written there.

    Raises:
        ParameterError: the source's settings cannot be meant so.
        SourceError: the extra is not installed.
    """
    try:
        from tskit.sources.salesforce.live.checks import checks  # noqa: PLC0415  # likewise
        from tskit.sources.salesforce.live.organisation import organisation_of  # noqa: PLC0415
        from tskit.sources.salesforce.live.pace import Pace  # noqa: PLC0415
        from tskit.sources.salesforce.live.settings import settings_of  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise lacking_extra(error) from None
    pace = Pace()
    with organisation_of(settings_of(source), secret=secret, pace=pace, now=now) as organisation:
        yield from checks(organisation, pace=pace)


def describe(source: Source, table: str, *, secret: Callable[[str], str], now: datetime) -> Shape:
    """Return the shape of an object: its fields with their labels and types, as the organisation shows them to its user.

    Raises:
        ParameterError: the source's settings cannot be meant so.
        SourceError: the extra is not installed, the organisation cannot be read, or it shows no such object.
    """
    try:
        from tskit.sources.salesforce.live.organisation import organisation_of  # noqa: PLC0415  # likewise
        from tskit.sources.salesforce.live.pace import Pace  # noqa: PLC0415
        from tskit.sources.salesforce.live.settings import settings_of  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise lacking_extra(error) from None
    with organisation_of(settings_of(source), secret=secret, pace=Pace(), now=now) as organisation:
        shape = organisation.describe(table)
    if shape is None:
        raise SourceError(f"The source {source.name} shows its user no object {table}.")
    return shape


def lacking_extra(error: ModuleNotFoundError) -> SourceError:
    """Return the error for a machine without the library; another missing module is nobody's business here."""
    if error.name is not None and error.name.startswith("tskit"):
        raise error
    return SourceError(
        'An organisation of Salesforce is read with simple-salesforce. Install it: pip install "ts-investigation-kit[salesforce]"'
    )
