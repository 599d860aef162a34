"""Linking codes: what people mistype is caught, what they type differently is not."""

from hypothesis import given
from hypothesis import strategies as some

from backend.participants.code_alphabet import ALPHABET, as_shown, as_typed, new_code, with_checks

codes = some.text(some.sampled_from(ALPHABET), min_size=10, max_size=10).map(with_checks)


@given(codes)
def test_every_wrong_letter_and_every_swap_of_neighbours_is_caught(code):
    assert as_typed(code) == code
    for place, letter in enumerate(code):
        for other in ALPHABET:
            if other != letter:
                assert as_typed(code[:place] + other + code[place + 1:]) is None
    for place in range(11):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2:]
        assert swapped == code or as_typed(swapped) is None


@given(codes)
def test_however_it_is_typed_it_is_the_same_code(code):
    shown = as_shown(code)
    for typed in (shown, shown.lower(), f"  {code[:5]} {code[5:]}\n", shown.replace("-", "–"), shown.replace("-", "")):
        assert as_typed(typed) == code


@given(some.text(max_size=20))
def test_any_text_is_taken_without_a_fault(text):
    assert as_typed(text) is None or len(as_typed(text)) == 12


def test_new_codes_have_no_look_alikes_and_do_not_repeat():
    made = {new_code() for _ in range(500)}

    assert len(made) == 500
    assert not set("".join(made)) & set("01OILBSZUAE")
