from hypothesis import assume, given
from hypothesis import strategies as st

from onebill.domain.api_key import ENTROPY_BYTES, format_api_key, hash_api_key, is_well_formed
from tests.properties.effort import PROPERTY

entropy = st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES)
keys = entropy.map(format_api_key)
places = st.integers(0, 51)
of_keys = st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
characters = st.one_of(of_keys, of_keys, st.characters())


class TestKeys:
    @PROPERTY
    @given(entropy, entropy)
    def test_are_as_many_as_there_are_numbers(self, one, another):
        same = one == another

        assert (format_api_key(one) == format_api_key(another)) == same
        assert (hash_api_key(format_api_key(one)) == hash_api_key(format_api_key(another))) == same

    @PROPERTY
    @given(keys)
    def test_are_well_formed(self, key):
        assert is_well_formed(key)
        assert len(key) == 52

    @PROPERTY
    @given(keys, places, characters)
    def test_with_a_character_changed_are_refused(self, key, place, character):
        assume(key[place] != character)

        assert not is_well_formed(key[:place] + character + key[place + 1 :])

    @PROPERTY
    @given(keys, places, places)
    def test_with_two_characters_swapped_are_refused(self, key, one, another):
        assume(key[one] != key[another])
        swapped = list(key)
        swapped[one], swapped[another] = swapped[another], swapped[one]

        assert not is_well_formed("".join(swapped))

    @PROPERTY
    @given(keys, places)
    def test_with_a_character_dropped_are_refused(self, key, place):
        assert not is_well_formed(key[:place] + key[place + 1 :])

    @PROPERTY
    @given(keys, places, characters)
    def test_with_a_character_added_are_refused(self, key, place, character):
        assert not is_well_formed(key[:place] + character + key[place:])


class TestAnyText:
    @PROPERTY
    @given(st.text())
    def test_is_no_key(self, text):
        assert not is_well_formed(text)
