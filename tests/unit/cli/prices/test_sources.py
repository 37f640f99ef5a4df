import pytest

from cli.prices.genai import DATA_MODULE
from cli.prices.sources import SourceUnavailable, download, find_wheel, read_sources
from tests.unit.cli.prices.builders import write_wheel, write_wheels


class TestReadSources:
    def test_reads_both_files_out_of_their_wheels(self, tmp_path):
        write_wheels(tmp_path, genai="providers = []", litellm="{}", version="1.2.3")

        texts = read_sources(tmp_path)

        assert (texts.genai_prices, texts.litellm) == ("providers = []", "{}")
        assert texts.versions == {"genai-prices": "1.2.3", "litellm": "1.2.3"}

    def test_says_which_wheel_is_missing(self, tmp_path):
        with pytest.raises(SourceUnavailable, match="no wheel of genai-prices"):
            read_sources(tmp_path)

    def test_says_which_file_a_wheel_lacks(self, tmp_path):
        write_wheels(tmp_path)
        write_wheel(tmp_path, "genai-prices", "2.0", "genai_prices/other.py", "")

        with pytest.raises(SourceUnavailable, match=DATA_MODULE):
            read_sources(tmp_path)

    def test_says_that_a_wheel_is_broken(self, tmp_path):
        write_wheels(tmp_path)
        (tmp_path / "litellm-1.0.0-py3-none-any.whl").write_bytes(b"not a zip")

        with pytest.raises(SourceUnavailable, match=r"litellm-1\.0\.0"):
            read_sources(tmp_path)


class TestFindWheel:
    def test_takes_the_newest_by_number_and_not_by_spelling(self, tmp_path):
        write_wheel(tmp_path, "litellm", "1.9.0", "x", "")
        newest = write_wheel(tmp_path, "litellm", "1.10.0", "x", "")

        assert find_wheel(tmp_path, "litellm") == newest


class TestDownload:
    @pytest.fixture(autouse=True)
    def shelf(self, tmp_path, monkeypatch):
        """A directory that pip takes for all there is."""
        shelf = tmp_path / "shelf"
        shelf.mkdir()
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
        monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        return shelf

    def test_reads_the_newest_that_pip_finds(self, shelf):
        write_wheels(shelf, genai="old", version="1.0.0")
        write_wheels(shelf, genai="new", version="1.1.0")

        texts = read_sources(None)

        assert texts.genai_prices == "new"
        assert texts.versions == {"genai-prices": "1.1.0", "litellm": "1.1.0"}

    def test_repeats_what_pip_says_when_it_fails(self, tmp_path):
        with pytest.raises(SourceUnavailable, match="genai-prices"):
            download(tmp_path)
