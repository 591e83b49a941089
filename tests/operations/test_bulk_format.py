"""Lines of manifests that name no picture, and the summary's spelling."""

import json

import pytest

from vidimus.engine.bulk import BulkFault, BulkTally, BulkWish, LineRefused
from vidimus.engine.engine import Engine
from vidimus.operations.bulk_format import ModerationBulk

WISH = BulkWish(min_confidence=50, output_bucket="out")


@pytest.mark.parametrize(
    ("line", "code", "source"),
    [
        (b"{", "INVALID_JSON_LINE", None),
        (b"\xff\xfe", "INVALID_JSON_LINE", None),
        (b'"s3://a/b"', "INVALID_JSON_LINE", None),
        (b"[" * 100_000, "INVALID_JSON_LINE", None),
        (b"{}", "MISSING_SOURCE_REF", None),
        (b'{"source-ref": null}', "MISSING_SOURCE_REF", None),
        (b'{"source-ref": 7}', "INVALID_SOURCE_REF_FORMAT", None),
        (b'{"source-ref": "%s"}' % (b"x" * 2000), "INVALID_SOURCE_REF_FORMAT", None),
        (b'{"source-ref": "b.jpg"}', "INVALID_SOURCE_REF_FORMAT", "b.jpg"),
        (b'{"source-ref": "s3://a"}', "INVALID_SOURCE_REF_FORMAT", "s3://a"),
        (b'{"source-ref": "s3:///b"}', "INVALID_SOURCE_REF_FORMAT", "s3:///b"),
        (b'{"source-ref": "s3://a/../b"}', "INVALID_IMAGE", "s3://a/../b"),
        (b'{"source-ref": "s3://a/\\ud800"}', "INVALID_JSON_LINE", None),
    ],
)
def test_lines_that_name_no_picture(
    engine: Engine, line: bytes, code: str, source: str | None
) -> None:
    with pytest.raises(LineRefused) as refused:
        ModerationBulk(engine).carry_out(line, WISH)
    assert (refused.value.code, refused.value.source) == (code, source)
    assert len(refused.value.message) < 300


def test_the_summary_is_spelled_as_amazon_spells_it(engine: Engine) -> None:
    faults = (
        BulkFault(2, None, "INVALID_JSON_LINE", "no"),
        BulkFault(5, "s3://a/b", "INVALID_IMAGE", "gone"),
    )
    summary = json.loads(ModerationBulk(engine).summary(BulkTally(6, 4, faults)))
    assert summary == {
        "version": "1.0",
        "statistics": {"total-json-lines": 6, "valid-json-lines": 4, "invalid-json-lines": 2},
        "errors": [
            {"line-numer": 2, "code": "INVALID_JSON_LINE", "message": "no"},
            {"line-numer": 5, "source-ref": "s3://a/b", "code": "INVALID_IMAGE", "message": "gone"},
        ],
    }
