from hypothesis import given
from hypothesis import strategies as st

from vidimus.vision.attributes import age_range
from vidimus.vision.judgements import judgement


@given(st.floats(0, 110))
def test_an_age_range_holds_the_estimate_and_leans_up(age: float) -> None:
    low, high = age_range(age)
    assert 0 <= low <= age <= high + 1
    assert high > low
    assert high - age >= age - low - 1


@given(st.floats(0, 1))
def test_a_judgement_is_the_likelier_answer(probability: float) -> None:
    found = judgement(probability)
    assert found.value == (probability >= 0.5)
    assert 50 <= found.confidence <= 100
