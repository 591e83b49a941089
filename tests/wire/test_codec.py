import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.wire.strategies import structures_of
from vidimus.errors import SerializationError, UnknownOperation
from vidimus.wire.codec import decode_request, encode_response
from vidimus.wire.model import load_contract, parse_contract

CONTRACT = load_contract()
OPERATIONS = sorted(CONTRACT.operations)
ONE_OF_EACH = parse_contract(
    json.dumps(
        {
            "api_version": "1",
            "json_version": "1.1",
            "signing_name": "s",
            "target_prefix": "T",
            "source_sha256": "",
            "operations": {"Do": {"input": "All", "output": "All", "errors": []}},
            "errors": {},
            "shapes": {
                "All": {
                    "type": "structure",
                    "members": {
                        "Text": "Text",
                        "Blob": "Blob",
                        "Int": "Int",
                        "Long": "Long",
                        "Float": "Float",
                        "Flag": "Flag",
                        "When": "When",
                        "Inner": "Inner",
                        "Inners": "Inners",
                        "Longs": "Longs",
                    },
                },
                "Inner": {"type": "structure", "members": {"Int": "Int", "Blob": "Blob"}},
                "Inners": {"type": "list", "member": "Inner"},
                "Longs": {"type": "map", "key": "Text", "value": "Long"},
                "Text": {"type": "string"},
                "Blob": {"type": "blob"},
                "Int": {"type": "integer"},
                "Long": {"type": "long"},
                "Float": {"type": "float"},
                "Flag": {"type": "boolean"},
                "When": {"type": "timestamp"},
            },
        }
    ).encode()
)
any_operation = st.sampled_from(OPERATIONS)
slow = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def decode(body: str | bytes) -> dict[str, object]:
    return decode_request(ONE_OF_EACH, "Do", body.encode() if isinstance(body, str) else body)


def encode(output: Mapping[str, object]) -> Any:
    return json.loads(encode_response(ONE_OF_EACH, "Do", output))


def refusal(body: str | bytes) -> str:
    with pytest.raises(SerializationError) as caught:
        decode(body)
    return caught.value.message


class TestDecoding:
    def test_an_empty_body_is_an_empty_object(self) -> None:
        assert decode(b"") == decode("{}") == {}

    def test_each_type_has_one_form_inside(self) -> None:
        assert decode(
            '{"Text": "é\\u0000", "Blob": "AAE=", "Int": 5, "Float": 5, "Flag": false,'
            ' "When": 1577836800.5, "Inners": [{"Int": -1}, {}], "Longs": {"a": 9007199254740993}}'
        ) == {
            "Text": "é\0",
            "Blob": b"\x00\x01",
            "Int": 5,
            "Float": 5.0,
            "Flag": False,
            "When": datetime(2020, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC),
            "Inners": [{"Int": -1}, {}],
            "Longs": {"a": 9007199254740993},
        }

    def test_whole_numbers_may_be_written_as_floats(self) -> None:
        decoded = decode('{"Int": 5.0, "Long": 1e3, "Longs": {"a": 2.0}}')
        assert decoded == {"Int": 5, "Long": 1000, "Longs": {"a": 2}}
        assert type(decoded["Int"]) is int

    def test_nulls_are_absent_at_any_depth(self) -> None:
        assert decode('{"Text": null, "Inner": {"Blob": null}, "Inners": [{"Int": null}]}') == {
            "Inner": {},
            "Inners": [{}],
        }

    def test_unknown_members_are_ignored(self) -> None:
        assert decode('{"New": [1, {"deep": []}], "Inner": {"New": 1}}') == {"Inner": {}}

    def test_the_last_of_repeated_members_counts(self) -> None:
        assert decode('{"Int": 1, "Int": 2}') == {"Int": 2}

    def test_an_unknown_operation(self) -> None:
        with pytest.raises(UnknownOperation, match="'Undo' does not exist"):
            decode_request(ONE_OF_EACH, "Undo", b"")

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ('{"Text": 5}', "Text: expected a string, got a number."),
            ('{"Blob": 5}', "Blob: expected a base64 string, got a number."),
            ('{"Int": "5"}', "Int: expected a whole number, got a string."),
            ('{"Int": true}', "Int: expected a whole number, got true or false."),
            ('{"Float": true}', "Float: expected a number, got true or false."),
            ('{"Float": "1"}', "Float: expected a number, got a string."),
            ('{"Float": "NaN"}', "Float: expected a number, got a string."),
            ('{"Flag": "true"}', "Flag: expected true or false, got a string."),
            ('{"Flag": 1}', "Flag: expected true or false, got a number."),
            ('{"When": "now"}', "When: expected a number of seconds since 1970, got a string."),
            ('{"Inner": []}', "Inner: expected an object, got a list."),
            ('{"Inners": {}}', "Inners: expected a list, got an object."),
            ('{"Inners": [{}, 5]}', "Inners[1]: expected an object, got a number."),
            ('{"Inners": [null]}', "Inners[0]: expected an object, got null."),
            (
                '{"Inners": [{}, {"Int": []}]}',
                "Inners[1].Int: expected a whole number, got a list.",
            ),
            ('{"Inner": {"Blob": {}}}', "Inner.Blob: expected a base64 string, got an object."),
            ('{"Longs": {"a": ""}}', "Longs[...]: expected a whole number, got a string."),
            ("[]", "The request body: expected an object, got a list."),
            ("null", "The request body: expected an object, got null."),
            ('"{}"', "The request body: expected an object, got a string."),
        ],
    )
    def test_a_wrong_type_is_named(self, body: str, message: str) -> None:
        assert refusal(body) == message

    @pytest.mark.parametrize(
        "text", ["AAE", "A", "AA==AA==", "-_-_", "AAE=\\n", " AAE=", "é", "AA=A", "===="]
    )
    def test_bad_base64(self, text: str) -> None:
        expected = "Blob: expected a base64 string, got a string that is not base64."
        assert refusal(f'{{"Blob": "{text}"}}') == expected

    @pytest.mark.parametrize("number", ["2147483648", "-2147483649", "1e10", "1e300", "9" * 30])
    def test_a_whole_number_beyond_its_bits(self, number: str) -> None:
        assert refusal(f'{{"Int": {number}}}').startswith("Int: expected a whole number of 32 bits")

    @pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 5000])
    @pytest.mark.parametrize("member", ["Int", "Long", "Float", "When"])
    def test_a_number_beyond_all_bounds(self, member: str, number: str) -> None:
        assert refusal(f'{{"{member}": {number}}}').startswith(f"{member}: expected a")

    def test_a_number_with_a_fraction(self) -> None:
        assert refusal('{"Inner": {"Int": 5.5}}') == (
            "Inner.Int: expected a whole number, got 5.5."
        )

    def test_a_moment_beyond_the_calendar(self) -> None:
        assert refusal('{"When": 1e300}') == "When: 1e+300 seconds is not a date."

    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b'{"Int": 1}x',
            b"{'Int': 1}",
            b'{"Int": 01}',
            b'{"Float": NaN}',
            b'{"Float": Infinity}',
            b'{"Float": -Infinity}',
            b'{"Text": "\\ud800"}',
            b'{"Text": "\n"}',
            b"\xef\xbb\xbf{}",
            b"<xml/>",
            b" ",
        ],
    )
    def test_broken_json(self, body: bytes) -> None:
        assert refusal(body).startswith("The request body is not valid JSON: ")

    @pytest.mark.parametrize(
        "body",
        [b'{"Text": "\xff"}', b'{"New": "\xff"}', b'{"\xc3": 1}', b'{"New": "\xed\xa0\x80"}'],
    )
    def test_bytes_that_are_not_utf_8(self, body: bytes) -> None:
        assert refusal(body) == "The request body is not valid UTF-8."

    @pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"Inner":'])
    def test_a_bomb_of_nesting(self, opening: bytes) -> None:
        bomb = b'{"New": ' + opening * 200_000
        assert refusal(bomb) == "The request body is nested too deeply."

    @slow
    @given(any_operation, st.binary(max_size=200))
    def test_no_bytes_cause_any_other_error(self, name: str, body: bytes) -> None:
        with suppress(SerializationError):
            decode_request(CONTRACT, name, body)

    @slow
    @given(data=st.data())
    def test_no_json_causes_any_other_error(self, data: st.DataObject) -> None:
        name = data.draw(any_operation)
        anything = st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        )
        names = list(CONTRACT.operations[name].input.members) or ["Other"]
        body = json.dumps(data.draw(st.dictionaries(st.sampled_from(names), anything)))
        with suppress(SerializationError):
            decode_request(CONTRACT, name, body.encode())


class TestEncoding:
    def test_each_type_has_one_form_on_the_wire(self) -> None:
        assert encode(
            {
                "Text": "é",
                "Blob": b"\x00\x01",
                "Int": 5,
                "Float": 0.25,
                "Flag": True,
                "When": datetime(2020, 1, 1, 0, 0, 0, 123_456, tzinfo=UTC),
                "Inners": ({"Int": 1}, {}),
            }
        ) == {
            "Text": "é",
            "Blob": "AAE=",
            "Int": 5,
            "Float": 0.25,
            "Flag": True,
            "When": 1577836800.123,
            "Inners": [{"Int": 1}, {}],
        }

    def test_members_that_are_none_are_left_out(self) -> None:
        output = {"Text": None, "Inner": {"Int": None}, "Inners": [{"Blob": None}]}
        assert encode(output) == {"Inner": {}, "Inners": [{}]}

    def test_a_moment_of_another_zone(self) -> None:
        offset = datetime.fromisoformat("2020-01-01T05:30:00+05:30")
        assert offset.utcoffset() == timedelta(hours=5, minutes=30)
        assert encode({"When": offset}) == {"When": 1577836800.0}

    @pytest.mark.parametrize(
        ("scalar", "plain"),
        [
            (np.float32(0.5), 0.5),
            (np.float64(0.5), 0.5),
            (np.int64(7), 7),
            (np.bool_(True), True),
            (np.str_("a"), "a"),
        ],
    )
    def test_numpy_scalars_become_plain(self, scalar: object, plain: object) -> None:
        assert encode({"Value": scalar}) == {"Value": plain}

    @pytest.mark.parametrize(
        "number", [float("nan"), float("inf"), -float("inf"), np.float32("nan"), np.float64("inf")]
    )
    def test_numbers_that_are_not_finite_are_refused(self, number: object) -> None:
        with pytest.raises(ValueError, match="no form in JSON"):
            encode({"Inners": [{"Float": number}]})

    def test_a_moment_without_a_zone_is_refused(self) -> None:
        naive = datetime(2020, 1, 1)
        with pytest.raises(ValueError, match="without a time zone"):
            encode({"When": naive})

    @pytest.mark.parametrize("value", [{1, 2}, object(), np.zeros(3)])
    def test_other_values_are_refused(self, value: object) -> None:
        with pytest.raises(TypeError, match="no form in JSON"):
            encode({"Value": value})


class TestLaws:
    @slow
    @given(structures_of(ONE_OF_EACH.operations["Do"].input))
    def test_decoding_undoes_encoding(self, value: dict[str, object]) -> None:
        assert decode(encode_response(ONE_OF_EACH, "Do", value)) == value

    @slow
    @given(data=st.data())
    def test_botocore_writes_what_we_read(
        self, service_model: ServiceModel, data: st.DataObject
    ) -> None:
        name = data.draw(any_operation)
        value = data.draw(structures_of(CONTRACT.operations[name].input))
        serializer = create_serializer("json", include_validation=False)
        request = serializer.serialize_to_request(value, service_model.operation_model(name))
        assert request["headers"]["X-Amz-Target"] == f"{CONTRACT.target_prefix}.{name}"
        body = request["body"]
        assert (
            decode_request(CONTRACT, name, body if isinstance(body, bytes) else body.encode())
            == value
        )

    @slow
    @given(data=st.data())
    def test_botocore_reads_what_we_write(
        self, service_model: ServiceModel, data: st.DataObject
    ) -> None:
        name = data.draw(any_operation)
        value = data.draw(structures_of(CONTRACT.operations[name].output))
        response = {
            "body": encode_response(CONTRACT, name, value),
            "headers": {},
            "status_code": 200,
        }
        shape = service_model.operation_model(name).output_shape
        parsed = create_parser("json").parse(response, shape)
        del parsed["ResponseMetadata"]
        assert parsed == value

    def test_a_large_picture_survives(self) -> None:
        picture = np.random.default_rng(7).bytes(5 * 1024 * 1024)
        body = msgspec.json.encode({"Image": {"Bytes": base64.b64encode(picture).decode()}})
        assert decode_request(CONTRACT, "DetectFaces", body) == {"Image": {"Bytes": picture}}
