"""The picture of a calibration."""

from datetime import date
from xml.etree import ElementTree

from tests.evaluation.people import embedded_people
from vidimus.evaluation.curve import draw_curve
from vidimus.evaluation.tabulate import Apparatus, Source, calibrate

NAMESPACE = "{http://www.w3.org/2000/svg}"


def test_the_curve_is_svg_with_counted_and_extrapolated_lines() -> None:
    apparatus = Apparatus("9.1", "a <b> & c", {}, "test-detector")
    table = calibrate(
        embedded_people(60), apparatus, Source("people", 120, date(2026, 3, 1)), replicates=20
    ).calibration
    picture = ElementTree.fromstring(draw_curve(table))
    texts = [each.text for each in picture.iter(f"{NAMESPACE}text")]
    assert "Face embedder 9.1 (a <b> & c)" in texts
    assert {"counted", "extrapolated", "score (cosine)", "1 in 1 M", "80"} <= set(texts)
    dashed = [p for p in picture.iter(f"{NAMESPACE}path") if p.get("stroke-dasharray")]
    assert len(dashed) == 2
