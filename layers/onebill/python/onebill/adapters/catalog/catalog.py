"""The catalogue of what is sold: the shipped files, and an operator's overlays on top."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from onebill.adapters.catalog.entries import CatalogError, Entry, read_file
from onebill.adapters.catalog.models import read_model
from onebill.adapters.catalog.providers import (
    ACCOUNT_PLACEHOLDER,
    SellingProvider,
    read_provider,
)
from onebill.domain.errors import ModelNotFound
from onebill.domain.model import Model

PROVIDERS_FILE = Path(__file__).with_name("providers.json")
PRICES_FILE = Path(__file__).with_name("prices.json")

SCHEMA = 1
ALL_OTHERS = "*"
"""In `base_urls`: every provider that is not named."""

_VERSION = re.compile(r"[0-9A-Za-z._-]{1,32}", re.ASCII)
_FILE_KEYS = (
    "schema",
    "version",
    "checked",
    "providers",
    "models",
    "sources",
    "disputed",
    "excluded",
)
DEFAULT_PROVIDER = "openai"
"""Whose models may be asked for without a prefix, as OpenAI's own clients do."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Written:
    """A model entry, not yet looked at, and the version of the file it stands in."""

    entry: Entry
    catalogue_version: str


class PriceCatalog:
    """Implements `ports.Catalog`. Reads its files once; a model is built when first asked for.

    A provider whose base URL lacks the operator's account id sells nothing.
    """

    def __init__(
        self, *, sellers: Mapping[str, SellingProvider], written: Mapping[str, _Written]
    ) -> None:
        self._sellers = sellers
        self._written = written
        self._built: dict[str, Model] = {}
        self._slugs = {alias: slug for slug, s in sellers.items() for alias in s.aliases}
        self._slugs |= {slug: slug for slug in sellers}

    @classmethod
    def load(
        cls,
        overlays: Sequence[Path] = (),
        base_urls: Mapping[str, str] = _NOTHING,
        account_ids: Mapping[str, str] = _NOTHING,
        *,
        providers_file: Path = PROVIDERS_FILE,
        prices_file: Path = PRICES_FILE,
    ) -> "PriceCatalog":
        """Read the shipped files, then each overlay on top. Raises CatalogError.

        `base_urls` replaces base URLs by provider, with ``*`` for all others; `account_ids`
        fills the placeholder in the base URL of a provider that needs one.
        """
        shipped = [read_file(providers_file), read_file(prices_file)]
        laid_over = [read_file(path) for path in overlays]
        files = [*shipped, *laid_over]
        sellers = _read_sellers(files, base_urls, account_ids)
        catalog = cls(sellers=sellers, written=_read_written(files, sellers))
        for overlay in laid_over:
            for model_id in _section(overlay, "models"):
                catalog._build(model_id)
        return catalog

    def find(self, model_id: str) -> Model:
        """Find by id, by an alias of its provider, or by OpenAI's bare name.

        Raises ModelNotFound.
        """
        prefix, slash, name = model_id.partition("/")
        if not slash:
            prefix, name = DEFAULT_PROVIDER, model_id
        canonical = f"{self._slugs.get(prefix, prefix)}/{name}"
        if not self._is_sold(canonical):
            raise ModelNotFound(model_id)
        return self._build(canonical)

    def models(self) -> Sequence[Model]:
        """List all models, sorted by id."""
        return [self._build(model_id) for model_id in sorted(filter(self._is_sold, self._written))]

    def provider_key_variables(self) -> Mapping[str, str]:
        """The environment variable of each provider's API key, by provider id."""
        return {slug: seller.key_variable for slug, seller in self._sellers.items()}

    def _is_sold(self, model_id: str) -> bool:
        written = self._written.get(model_id)
        if written is None or written.entry.has("withdrawn"):
            return False
        return self._sellers[model_id.partition("/")[0]].is_addressable

    def _build(self, model_id: str) -> Model:
        model = self._built.get(model_id)
        if model is None:
            written = self._written[model_id]
            model = self._built[model_id] = read_model(
                model_id,
                written.entry,
                seller=self._sellers[model_id.partition("/")[0]],
                catalogue_version=written.catalogue_version,
            )
        return model


def _read_sellers(
    files: Sequence[Entry], base_urls: Mapping[str, str], account_ids: Mapping[str, str]
) -> Mapping[str, SellingProvider]:
    """The last file that names a provider describes it."""
    entries = {
        slug: file.entry("providers").entry(slug)
        for file in files
        for slug in _section(file, "providers")
    }
    for slug in (*base_urls, *account_ids):
        if slug not in entries and slug != ALL_OTHERS:
            raise CatalogError(f"there is no provider {slug!r} to give an address to")
    sellers = {
        slug: read_provider(slug, entry, base_url=_base_url(slug, entry, base_urls, account_ids))
        for slug, entry in entries.items()
    }
    _refuse_ambiguous(sellers, entries)
    return sellers


def _base_url(
    slug: str, entry: Entry, base_urls: Mapping[str, str], account_ids: Mapping[str, str]
) -> str | None:
    replaced = base_urls.get(slug, base_urls.get(ALL_OTHERS))
    if replaced is None and slug in account_ids:
        return entry.text("base_url").replace(ACCOUNT_PLACEHOLDER, account_ids[slug])
    return replaced


def _refuse_ambiguous(
    sellers: Mapping[str, SellingProvider], entries: Mapping[str, Entry]
) -> None:
    taken = set(sellers)
    for slug, seller in sellers.items():
        for alias in seller.aliases:
            if alias in taken:
                entries[slug].fail("aliases", f"{alias} means a provider already")
            taken.add(alias)


def _read_written(
    files: Sequence[Entry], sellers: Mapping[str, SellingProvider]
) -> Mapping[str, _Written]:
    """The last file that names a model describes it."""
    written = {}
    for file in files:
        file.allow_only(*_FILE_KEYS)
        if file.whole("schema") != SCHEMA:
            file.fail("schema", f"must be {SCHEMA}")
        names = _section(file, "models")
        version = _version(file) if names else ""
        for model_id in names:
            models = file.entry("models")
            if model_id.partition("/")[0] not in sellers:
                models.fail(model_id, "its provider is unknown")
            written[model_id] = _Written(models.entry(model_id), version)
    return written


def _version(file: Entry) -> str:
    version = file.text("version")
    if _VERSION.fullmatch(version) is None:
        file.fail("version", f"must match {_VERSION.pattern}")
    return version


def _section(file: Entry, key: str) -> Sequence[str]:
    return list(file.entry(key).fields) if file.has(key) else []
