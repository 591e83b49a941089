import pytest

from vidimus.wire.model import StringShape, load_contract
from vidimus.wire.pattern import Pattern, translate


@pytest.mark.parametrize(
    ("java", "value", "fits"),
    [
        ("[a-z]+", "abc", True),
        ("[a-z]+", "abc!", False),
        ("[a-z]+", "!abc", False),
        ("^[a-z]+$", "abc\n", False),
        (r"\d+", "12", True),
        (r"\d+", "١٢", False),
        (r"\D+", "١٢", True),
        (r"[a-z\d-]+", "a-1", True),
        (r"[a-z\d-]+", "a-١", False),
        (r"\w+", "a_1", True),
        (r"\w+", "é", False),
        (r"\W+", "é", True),
        (r"\S*", "a\u00a0b", True),
        (r"\S*", "a b", False),
        (r"\S*", "a\x0bb", False),
        (r"\s+", " \t\n\x0b\f\r", True),
        (r"\s+", "\u00a0", False),
        (".+", "a\u00a0b", True),
        (".+", "a\nb", False),
        (".+", "a\rb", False),
        (".+", "a\u0085b", False),
        (".+", "a\u2028b", False),
        (".+", "a\u2029b", False),
        (".+", "a\x0bb", True),
        ("[.]+", "..", True),
        ("[.]+", "a", False),
        (r"a\.b", "a.b", True),
        (r"a\.b", "axb", False),
        (r"[\p{L}\p{N}]+", "Zoë٣", True),
        (r"[\p{L}\p{N}]+", "a-b", False),
        (r"[\u0009\u000A\u000D\u0020-\u00FF]+", "{\n}ÿ", True),
        (r"[\u0009\u000A\u000D\u0020-\u00FF]+", "Ā", False),
        ("(?!aws:).*", "aws:x", False),
        ("(?!aws:).*", "aws", True),
    ],
)
def test_values_are_read_as_java_reads_them(java: str, value: str, fits: bool) -> None:
    assert Pattern(java).matches(value) is fits


def test_a_negated_class_within_a_set_cannot_be_translated() -> None:
    with pytest.raises(ValueError, match="cannot be translated"):
        translate(r"[a\S]")


@pytest.mark.parametrize(
    ("shape", "value", "fits"),
    [
        ("CollectionId", "my_photos-2.0", True),
        ("CollectionId", "my photos", False),
        ("CollectionId", "photos\n", False),
        ("ExternalImageId", "a:b", True),
        ("ExternalImageId", "a/b", False),
        ("UserId", "ann:1", True),
        ("UserId", "änn", False),
        ("FaceId", "01234567-89ab-cdef-0123-456789abcdef", True),
        ("FaceId", "01234567-89AB-cdef-0123-456789abcdef", False),
        ("ClientRequestToken", "a_b-1", True),
        ("ClientRequestToken", "a.b", False),
        ("TagKey", "Straße 7+8", True),
        ("TagKey", "aws:owner", False),
        ("TagKey", "a#b", False),
        ("TagValue", "", True),
        ("TagValue", "a@b.example", True),
        ("TagValue", "a*b", False),
        ("VersionDescription", "It's (v2): a-b, ok?", True),
        ("VersionDescription", "a/b", False),
        ("DatasetLabel", "two\nlines", False),
        ("DatasetEntry", '{"source-ref": "s3://b/k"}', True),
        ("DatasetEntry", "[]", False),
        ("SNSTopicArn", "arn:aws:sns:us-east-1:123456789012:topic", True),
        ("SNSTopicArn", "arn:aws:sqs:us-east-1:123456789012:topic", False),
        ("RoleArn", "arn:aws:iam::123456789012:role/service/name", True),
        ("RoleArn", "arn:aws:iam::12345678901٢:role/name", False),
        ("Version", "1.0.10", True),
        ("Version", "01.0.0", False),
        ("HumanLoopName", "loop-1", True),
        ("HumanLoopName", "loop-", False),
    ],
)
def test_patterns_of_the_model(shape: str, value: str, fits: bool) -> None:
    known = load_contract().shapes[shape]
    assert isinstance(known, StringShape)
    assert known.pattern is not None
    assert known.pattern.matches(value) is fits


def test_every_pattern_of_the_model_compiles() -> None:
    patterns = [
        shape.pattern
        for shape in load_contract().shapes.values()
        if isinstance(shape, StringShape) and shape.pattern is not None
    ]
    assert len(patterns) == 42
    for pattern in patterns:
        pattern.matches("")
