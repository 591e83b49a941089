from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from botocore.model import ServiceModel

from vidimus import errors
from vidimus.errors import UnknownOperation, VidimusError
from vidimus.wire.model import (
    BlobShape,
    FloatShape,
    IntegerShape,
    ListShape,
    MapShape,
    Shape,
    StringShape,
    Structure,
    load_contract,
)

CONTRACT = load_contract()


def test_the_whole_api_is_known() -> None:
    assert len(CONTRACT.operations) == 75
    assert len(CONTRACT.errors) == 23
    assert CONTRACT.target_prefix == "RekognitionService"
    assert CONTRACT.json_version == "1.1"
    assert CONTRACT.signing_name == "rekognition"


def test_an_operation_by_name() -> None:
    operation = CONTRACT.operation("SearchFaces")
    assert operation.input.required == ("CollectionId", "FaceId")
    most = operation.input.members["MaxFaces"]
    assert isinstance(most, IntegerShape)
    assert (most.min, most.max, most.bits) == (1, 4096, 32)
    assert "ResourceNotFoundException" in operation.errors


def test_an_unknown_operation_is_an_error_of_the_caller() -> None:
    with pytest.raises(UnknownOperation, match="'Nothing' does not exist"):
        CONTRACT.operation("Nothing")


def test_every_declared_error_is_known() -> None:
    for operation in CONTRACT.operations.values():
        assert set(operation.errors) <= set(CONTRACT.errors)
    faults = {name for name, error in CONTRACT.errors.items() if error.server_fault}
    assert faults == {"InternalServerError", "ThrottlingException"}


def test_the_error_tree_agrees_on_whose_fault_it_is() -> None:
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, VidimusError):
            modelled = CONTRACT.errors.get(value.code)
            assert modelled is None or modelled.server_fault == (value.status == 500), value


def test_it_cannot_be_changed() -> None:
    operations: Any = CONTRACT.operations
    with pytest.raises(TypeError):
        operations["New"] = None
    operation: Any = CONTRACT.operation("DetectFaces")
    with pytest.raises((FrozenInstanceError, TypeError)):
        operation.name = "Other"
    with pytest.raises(TypeError):
        operation.input.members["New"] = None


def test_it_agrees_with_botocore(service_model: ServiceModel) -> None:
    assert sorted(CONTRACT.operations) == sorted(service_model.operation_names)
    for name, operation in CONTRACT.operations.items():
        theirs = service_model.operation_model(name)
        assert set(operation.errors) == {error.name for error in theirs.error_shapes}
        assert_same(operation.input, theirs.input_shape)
        assert_same(operation.output, theirs.output_shape)


def assert_same(ours: Shape, theirs: Any) -> None:
    assert ours.name == theirs.name
    match ours:
        case Structure():
            assert theirs.type_name == "structure"
            assert set(ours.required) == set(theirs.required_members)
            assert list(ours.members) == list(theirs.members)
            for member, part in ours.members.items():
                assert_same(part, theirs.members[member])
            return
        case ListShape():
            assert_same(ours.member, theirs.member)
        case MapShape():
            assert_same(ours.key, theirs.key)
            assert_same(ours.value, theirs.value)
        case StringShape():
            assert list(ours.enum) == theirs.metadata.get("enum", [])
            assert (ours.pattern and ours.pattern.text) == theirs.metadata.get("pattern")
        case IntegerShape():
            assert {32: "integer", 64: "long"}[ours.bits] == theirs.type_name
        case BlobShape() | FloatShape():
            assert theirs.type_name in {"blob", "float"}
        case _:
            return
    assert (ours.min, ours.max) == (theirs.metadata.get("min"), theirs.metadata.get("max"))
