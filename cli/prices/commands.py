"""`onebill prices update` and `onebill prices check`, without the command line around them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from cli.prices.catalogue import Proposal
from cli.prices.catalogue_file import read_catalogue, write_catalogue
from cli.prices.differences import compare
from cli.prices.genai import read_genai_prices
from cli.prices.history import renew
from cli.prices.litellm import read_litellm
from cli.prices.reports import CheckReport, UpdateReport, report_update
from cli.prices.scope import SCOPES
from cli.prices.selection import propose
from cli.prices.sources import read_sources
from onebill.adapters.catalog.catalog import PROVIDERS_FILE
from onebill.adapters.catalog.entries import Entry, read_file
from onebill.adapters.catalog.providers import read_provider


class NothingToCheck(Exception):
    """There is no catalogue at the path yet."""


def update(*, path: Path, wheels: Path | None, today: date) -> UpdateReport:
    """Bring the catalogue at `path` up to date with its sources; a human reviews the diff.

    Reads wheels from the directory `wheels`, or downloads the newest. The providers are those
    of `providers.json` beside `path`, or the shipped ones. Raises SourceUnavailable,
    SourceChanged and CatalogError.
    """
    old = read_catalogue(path)
    proposal, versions = _propose(path, wheels, today)
    differences = compare(old, proposal, today=today)
    renewed = renew(old, proposal, sources=versions, today=today)
    written = renewed is not old
    if written:
        write_catalogue(path, renewed)
    return report_update(renewed, differences, written=written)


def check(*, path: Path, wheels: Path | None, today: date) -> CheckReport:
    """Compare the catalogue at `path` with its sources; write nothing.

    Raises NothingToCheck, and what `update` raises.
    """
    catalogue = read_catalogue(path)
    if catalogue is None:
        raise NothingToCheck(f"there is no catalogue at {path}")
    proposal, versions = _propose(path, wheels, today)
    return CheckReport(
        version=catalogue.version,
        sources=versions,
        differences=compare(catalogue, proposal, today=today),
    )


def _propose(path: Path, wheels: Path | None, today: date) -> tuple[Proposal, Mapping[str, str]]:
    texts = read_sources(wheels)
    proposal = propose(
        genai=read_genai_prices(texts.genai_prices),
        litellm=read_litellm(texts.litellm, today=today),
        media=_media_by_provider(path),
        today=today,
    )
    return proposal, texts.versions


def _media_by_provider(path: Path) -> Mapping[str, frozenset[str]]:
    """The media for which each provider has a bound."""
    beside = path.with_name(PROVIDERS_FILE.name)
    providers = read_file(beside if beside.exists() else PROVIDERS_FILE).entry("providers")
    return {slug: _media(slug, providers.entry(slug)) for slug in (*providers.fields, *SCOPES)}


def _media(slug: str, entry: Entry) -> frozenset[str]:
    return frozenset(read_provider(slug, entry, base_url=None).bounds.by_medium)
