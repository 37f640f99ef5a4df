"""Gets the two sources: the newest wheels, by pip, read as archives."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from cli.prices.genai import DATA_MODULE
from cli.prices.litellm import PRICE_MAP
from cli.prices.records import GENAI_PRICES, LITELLM, SOURCES

DOWNLOAD_TIMEOUT_SECONDS = 600


class SourceUnavailable(Exception):
    """A wheel could not be downloaded, found or read. The message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTexts:
    """The two bundled files, unread, and the versions of the packages they come from."""

    genai_prices: str
    litellm: str
    versions: dict[str, str]


def read_sources(wheels: Path | None) -> SourceTexts:
    """Read both, from a directory of wheels or freshly downloaded. Raises SourceUnavailable."""
    with _directory(wheels) as directory:
        genai, litellm = (find_wheel(directory, package) for package in SOURCES)
        return SourceTexts(
            genai_prices=read_member(genai, DATA_MODULE),
            litellm=read_member(litellm, PRICE_MAP),
            versions={GENAI_PRICES: _version(genai), LITELLM: _version(litellm)},
        )


@contextmanager
def _directory(wheels: Path | None) -> Iterator[Path]:
    if wheels is not None:
        yield wheels
        return
    with TemporaryDirectory(prefix="onebill-prices-") as name:
        directory = Path(name)
        download(directory)
        yield directory


def download(directory: Path) -> None:
    """Download the newest wheels as pip is configured here; nothing of them is executed."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary", ":all:", "--dest", str(directory), *SOURCES]
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT_SECONDS
        )
    except subprocess.CalledProcessError as error:
        raise SourceUnavailable(f"pip download failed: {error.stderr.strip()}") from error
    except subprocess.TimeoutExpired as error:
        raise SourceUnavailable(f"pip download took over {error.timeout:.0f} s") from error


def find_wheel(directory: Path, package: str) -> Path:
    """The newest wheel of a package in a directory."""
    wheels = sorted(directory.glob(f"{package.replace('-', '_')}-*.whl"), key=_order)
    if not wheels:
        raise SourceUnavailable(f"there is no wheel of {package} in {directory}")
    return wheels[-1]


def read_member(wheel: Path, member: str) -> str:
    """The text of one file of a wheel."""
    try:
        with ZipFile(wheel) as archive:
            return archive.read(member).decode("utf-8")
    except (BadZipFile, KeyError, OSError, UnicodeDecodeError) as error:
        raise SourceUnavailable(f"{wheel.name}: cannot read {member}: {error}") from error


def _version(wheel: Path) -> str:
    return wheel.name.split("-")[1]


def _order(wheel: Path) -> list[int]:
    return [int(part) for part in _version(wheel).split(".") if part.isdigit()]
