"""Every constraint of every operation's input, broken once."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from tests.wire.violations import Violation, minimal_input, violations_of
from vidimus.errors import CallerError
from vidimus.wire.codec import decode_request
from vidimus.wire.model import load_contract
from vidimus.wire.validate import validate_input

CONTRACT = load_contract()
BLOBS = ("Bytes", "GroundTruth")
OPERATIONS = sorted(CONTRACT.operations)


def judge(violation: Violation) -> CallerError:
    with pytest.raises(CallerError) as caught:
        validate_input(
            CONTRACT.operations[violation.operation],
            decode_request(CONTRACT, violation.operation, violation.body),
        )
    return caught.value


def constraints_of(shape: Any) -> Iterator[str]:
    """Name the breakable constraints of a shape of botocore's, at every place one stands."""
    is_number = shape.type_name in {"integer", "long", "float"}
    if "min" in shape.metadata and (is_number or shape.metadata["min"] > 0):
        yield "min"
    yield from (kind for kind in ("max", "pattern", "enum") if shape.metadata.get(kind))
    yield from ("required" for _ in shape.metadata.get("required", []))
    parts = list(shape.members.values()) if shape.type_name == "structure" else []
    parts += [shape.member] if shape.type_name == "list" else []
    parts += [shape.key, shape.value] if shape.type_name == "map" else []
    for part in parts:
        yield from constraints_of(part)


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_generator_breaks_each_constraint_once(name: str, service_model: ServiceModel) -> None:
    expected = Counter(constraints_of(service_model.operation_model(name).input_shape))
    found = Counter(violation.kind for violation in violations_of(CONTRACT.operations[name]))
    del found["type"]
    assert found == expected


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_minimal_input_is_valid(name: str) -> None:
    operation = CONTRACT.operations[name]
    params = minimal_input(operation)
    validate_input(operation, params)
    assert decode_request(CONTRACT, name, Violation(name, params, "", "type", "").body) == params


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_broken_constraint_is_refused_by_its_own_name(name: str) -> None:
    for violation in violations_of(CONTRACT.operations[name]):
        error = judge(violation)
        assert error.code == violation.error, violation
        wire_path = violation.path.split("[")[0] if violation.kind == "type" else violation.path
        assert wire_path in error.message, (violation, error.message)


@pytest.mark.parametrize("name", OPERATIONS)
def test_botocore_agrees_on_what_it_checks(name: str, service_model: ServiceModel) -> None:
    shape = service_model.operation_model(name).input_shape
    validator = ParamValidator()
    operation = CONTRACT.operations[name]
    assert not validator.validate(minimal_input(operation), shape).has_errors()
    for violation in violations_of(operation):
        # Of these it leaves out the length of blobs.
        if violation.kind in {"required", "min"} and not violation.path.endswith(BLOBS):
            assert validator.validate(violation.params, shape).has_errors(), violation
