"""Segments: what is seen with short gaps is one."""

from vidimus.analyses.label_segments import SegmentBuilder, Stretch


def builder() -> SegmentBuilder[float]:
    return SegmentBuilder(lambda sight: sight, bridged_ms=1000)


def test_times_that_follow_each_other_are_one_segment_as_sure_as_its_surest() -> None:
    segments = builder()
    assert segments.add(0, 400, {"Car": 60.0}) == []
    assert segments.add(400, 800, {"Car": 90.0}) == []
    assert segments.add(800, 1200, {"Car": 70.0}) == []
    assert segments.end() == [Stretch(90.0, 0, 1200)]
    assert segments.end() == []


def test_short_gaps_are_bridged_and_longer_ones_end_a_segment() -> None:
    segments = builder()
    segments.add(0, 400, {"Car": 60.0})
    assert segments.add(400, 1400, {}) == []
    assert segments.add(1400, 1500, {"Car": 50.0}) == []
    assert segments.add(2501, 2600, {"Car": 55.0}) == [Stretch(60.0, 0, 1500)]
    assert segments.end() == [Stretch(55.0, 2501, 2600)]


def test_a_segment_is_told_when_it_is_sure_to_have_ended() -> None:
    segments = builder()
    segments.add(0, 400, {"Car": 60.0, "Bus": 70.0})
    assert segments.add(1000, 1401, {"Bus": 70.0}) == []
    assert segments.add(1401, 1900, {}) == [Stretch(60.0, 0, 400)]
    assert segments.end() == [Stretch(70.0, 0, 1401)]
