"""What a run did or found, for people and for machines."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cli.prices.catalogue import Catalogue
from cli.prices.differences import Differences


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReport:
    """What an update wrote. `written` is false when there was nothing to say."""

    version: str
    sources: Mapping[str, str]
    written: bool
    differences: Differences
    sold: Mapping[str, int]
    disputed: int
    excluded: Mapping[str, int]

    def as_dict(self) -> Mapping[str, object]:
        """For --json."""
        return {
            "version": self.version,
            "sources": dict(self.sources),
            "written": self.written,
            **self.differences.as_dict(),
            "sold": dict(self.sold),
            "disputed": self.disputed,
            "excluded": dict(self.excluded),
        }

    def summary(self) -> str:
        """For people."""
        heading = f"catalogue {self.version}" + ("" if self.written else " is up to date")
        return "\n".join(
            [
                f"{heading}, from {_versions(self.sources)}",
                *self.differences.lines(),
                f"sold: {sum(self.sold.values())} ({_counts(self.sold)})",
                f"disputed rates: {self.disputed}",
                f"excluded: {sum(self.excluded.values())} ({_counts(self.excluded)})",
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """How the catalogue compares with its sources as they are. Nothing was written."""

    version: str
    sources: Mapping[str, str]
    differences: Differences

    @property
    def ok(self) -> bool:
        """Whether every price that is charged is still what the sources say.

        New models do not count: selling less than one could harms nobody.
        """
        found = self.differences
        return not (found.vanished or found.changed or found.newly_disputed)

    def as_dict(self) -> Mapping[str, object]:
        """For --json."""
        return {
            "version": self.version,
            "sources": dict(self.sources),
            "ok": self.ok,
            **self.differences.as_dict(),
        }

    def summary(self) -> str:
        """For people."""
        verdict = "agrees with" if self.ok else "differs from"
        heading = f"catalogue {self.version} {verdict} {_versions(self.sources)}"
        return "\n".join([heading, *self.differences.lines()])


def report_update(
    catalogue: Catalogue, differences: Differences, *, written: bool
) -> UpdateReport:
    """Sum up a catalogue that was just made."""
    return UpdateReport(
        version=catalogue.version,
        sources=catalogue.sources,
        written=written,
        differences=differences,
        sold=dict(sorted(Counter(name.partition("/")[0] for name in catalogue.sold).items())),
        disputed=len(catalogue.disputed),
        excluded={reason: len(names) for reason, names in catalogue.excluded.items()},
    )


def _versions(sources: Mapping[str, str]) -> str:
    return " and ".join(f"{name} {version}" for name, version in sources.items())


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
