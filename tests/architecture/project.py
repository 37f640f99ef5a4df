"""Where things are, and how documents state them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "layers" / "onebill" / "python"


@cache
def tracked(*patterns):
    """The files of the project that match, as git knows them."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = (ROOT / line for line in listed.stdout.splitlines())
    return [path for path in paths if path.exists()]


def name_of(path):
    """A path as people say it."""
    return path.relative_to(ROOT).as_posix()


def table_rows(document):
    """The rows of all tables in a Markdown file, cell by cell."""
    lines = (ROOT / document).read_text().splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows]
