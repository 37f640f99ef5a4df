"""What the documents say of the code is so."""

import re

import pytest

from onebill.domain import errors
from onebill.settings import Settings
from onebill.web.errors import MEANINGS
from tests.architecture.project import ROOT, name_of, table_rows, tracked

DOCUMENTS = tracked("*.md")
LINK = re.compile(r"\]\((?!https?://)([^)#]+)[^)]*\)")
CODE_PATH = re.compile(r"`((?:tests|docs|cli|local|functions|events|bench)/[\w./-]*)`")


def subclasses(cls):
    return {cls, *(found for each in cls.__subclasses__() for found in subclasses(each))}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document):
    targets = [document.parent / target for target in LINK.findall(document.read_text())]

    assert [target for target in targets if not target.exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_path_that_is_named_exists(document):
    paths = CODE_PATH.findall(document.read_text())

    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_readme_is_short_enough_to_be_read():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_the_readme_lists_every_setting():
    readme = (ROOT / "README.md").read_text()
    names = {field for field in Settings.__dataclass_fields__ if field != "region"}

    assert set(re.findall(r"`ONEBILL_(\w+)`", readme)) == {name.upper() for name in names}


def test_the_api_lists_every_error_as_it_is_said():
    rows = {row[1]: row for row in table_rows("docs/api.md") if len(row) == 5}
    of_the_gateway = {code: meaning for code, meaning in MEANINGS.items() if f"`{code}`" in rows}

    said = {
        code: (str(each.status), f"`{each.type}`", str(each.cloudflare_code))
        for code, each in of_the_gateway.items()
    }
    documented = {code: (row[0], row[2], row[3]) for code in said for row in [rows[f"`{code}`"]]}
    assert documented == said
    assert set(MEANINGS) - set(said) == {
        "account_not_found",
        "account_exists",
        "api_key_not_found",
        "api_key_exists",
        "grant_exists",
    }


def test_every_anticipated_error_has_a_status():
    codes = {each.code for each in subclasses(errors.OnebillError) if "code" in vars(each)}

    assert codes - set(MEANINGS) == {"provider_refused"}  # Which has the provider's own.


def test_the_tree_of_errors_is_all_of_them():
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__)) | {"OnebillError"}

    assert drawn == {each.__name__ for each in subclasses(errors.OnebillError)}


def test_every_decision_is_in_the_index_under_its_title():
    folder = ROOT / "docs" / "decisions"
    pages = sorted(path for path in folder.glob("0*.md"))
    titles = {path.name: path.read_text().splitlines()[0].split(" — ")[1] for path in pages}

    indexed = {
        re.search(r"\((.*)\)", number).group(1): title
        for number, title in (row for row in table_rows("docs/decisions/README.md"))
        if "(" in number
    }

    assert indexed == titles


def test_every_target_of_the_makefile_that_is_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        name
        for document in DOCUMENTS
        for name in re.findall(r"`make ([a-z-]+)", document.read_text())
    }

    assert named <= targets
