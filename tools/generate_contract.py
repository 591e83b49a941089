"""Generate the wire contract and its typed dicts from botocore's Rekognition service model.

    .venv/bin/python tools/generate_contract.py          # writes src/vidimus/wire/
    .venv/bin/python tools/generate_contract.py FOLDER   # writes there

`contract.json` holds what the wire needs (shapes, constraints, errors) and no prose; it is kept
in the repository because botocore drops services that AWS retires. `shapes.py` is generated from
`contract.json` alone.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SERVICE = "rekognition"
WIRE = Path(__file__).resolve().parent.parent / "src" / "vidimus" / "wire"
CONSTRAINTS = ("min", "max", "pattern", "enum", "sensitive")
SCALARS = {
    "string": "str",
    "blob": "bytes",
    "integer": "int",
    "long": "int",
    "float": "float",
    "double": "float",
    "boolean": "bool",
    "timestamp": "datetime",
}

Json = dict[str, Any]


def read_service_model() -> Json:
    """Read the service model of the installed botocore; raises UnknownServiceError."""
    from botocore.loaders import Loader

    model: Json = Loader().load_service_model(SERVICE, "service-2")
    return model


def digest_of(model: Mapping[str, Any]) -> str:
    """Return the sha256 of the model in canonical JSON, whatever file it came from."""
    text = json.dumps(model, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def build_contract(model: Mapping[str, Any]) -> Json:
    """Reduce a service model to the contract; raises ValueError when a shape contains itself."""
    shapes: Json = model["shapes"]
    metadata = model["metadata"]
    used = sorted(_reachable(model))
    return {
        "api_version": metadata["apiVersion"],
        "json_version": metadata["jsonVersion"],
        "signing_name": metadata.get("signingName", metadata["endpointPrefix"]),
        "target_prefix": metadata["targetPrefix"],
        "source_sha256": digest_of(model),
        "operations": {
            name: _operation(operation) for name, operation in sorted(model["operations"].items())
        },
        "errors": {
            name: _error(shape) for name, shape in sorted(shapes.items()) if shape.get("exception")
        },
        "shapes": {name: _shape(shapes[name]) for name in used},
    }


def _operation(operation: Mapping[str, Any]) -> Json:
    errors = sorted(error["shape"] for error in operation.get("errors", []))
    return {
        "input": operation["input"]["shape"],
        "output": operation["output"]["shape"],
        "errors": errors,
    }


def _error(shape: Mapping[str, Any]) -> Json:
    members = {name: member["shape"] for name, member in shape.get("members", {}).items()}
    return {"server_fault": bool(shape.get("fault")), "members": members}


def _shape(shape: Mapping[str, Any]) -> Json:
    kept: Json = {"type": shape["type"]}
    if "members" in shape:
        kept["members"] = {name: member["shape"] for name, member in shape["members"].items()}
    for part in ("member", "key", "value"):
        if part in shape:
            kept[part] = shape[part]["shape"]
    if shape.get("required"):
        kept["required"] = shape["required"]
    return kept | {name: shape[name] for name in CONSTRAINTS if name in shape}


def _parts(shape: Mapping[str, Any]) -> Iterator[str]:
    yield from (member["shape"] for member in shape.get("members", {}).values())
    yield from (shape[part]["shape"] for part in ("member", "key", "value") if part in shape)


def _reachable(model: Mapping[str, Any]) -> set[str]:
    shapes, found = model["shapes"], set[str]()

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            # Codec and validation walk shapes to their ends; a cycle needs a design of its own.
            raise ValueError(f"shape {name} contains itself: {' > '.join([*above, name])}")
        found.add(name)
        for part in _parts(shapes[name]):
            visit(part, (*above, name))

    for operation in model["operations"].values():
        visit(operation["input"]["shape"], ())
        visit(operation["output"]["shape"], ())
    for name, shape in shapes.items():
        if shape.get("exception"):
            for part in _parts(shape):
                visit(part, (name,))
    return found


def render_contract(contract: Mapping[str, Any]) -> str:
    """Write the contract as JSON with one shape, operation or error on each line."""
    return "{\n" + ",\n".join(_render_entry(*entry) for entry in contract.items()) + "\n}\n"


def _render_entry(name: str, value: object) -> str:
    if not isinstance(value, dict):
        return f" {_compact(name)}: {_compact(value)}"
    rows = ",\n".join(f"  {_compact(key)}: {_compact(row)}" for key, row in value.items())
    return f" {_compact(name)}: {{\n{rows}\n }}"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def render_shapes(contract: Mapping[str, Any]) -> str:
    """Write a Literal for every enumeration and a TypedDict for every structure.

    Parts stand before the wholes that name them.
    """
    shapes: Json = contract["shapes"]
    aliases = [
        f"{name} = Literal[{', '.join(json.dumps(value) for value in shape['enum'])}]"
        for name, shape in shapes.items()
        if "enum" in shape
    ]
    blocks = [_render_structure(name, shapes) for name in _structures_in_order(shapes)]
    head = (
        '"""Every enumeration and structure of the API as types; generated, do not edit.\n\n'
        "Made from `contract.json` by `tools/generate_contract.py`.\n"
        '"""\n\n'
        "from datetime import datetime\n"
        "from typing import Literal, NotRequired, Required, TypedDict\n"
    )
    return "\n\n".join([head + "\n" + "\n".join(aliases) + "\n", *blocks])


def _structures_in_order(shapes: Json) -> list[str]:
    order: list[str] = []

    def visit(name: str) -> None:
        shape = shapes[name]
        parts = [*shape.get("members", {}).values()]
        parts += [shape[part] for part in ("member", "key", "value") if part in shape]
        for part in parts:
            visit(part)
        if shape["type"] == "structure" and name not in order:
            order.append(name)

    for name in shapes:
        visit(name)
    return order


def _render_structure(name: str, shapes: Json) -> str:
    shape = shapes[name]
    required = shape.get("required", [])
    fields = {}
    for member, part in shape["members"].items():
        presence = "Required" if member in required else "NotRequired"
        fields[member] = f"{presence}[{_annotation(part, shapes)}]"
    rows = "".join(f"    {member}: {kind}\n" for member, kind in fields.items())
    line = f'    """The structure `{name}` of the API."""\n'
    return f"class {name}(TypedDict):\n{line}" + (f"\n{rows}" if rows else "")


def _annotation(name: str, shapes: Json) -> str:
    shape = shapes[name]
    kind = shape["type"]
    if kind == "list":
        return f"list[{_annotation(shape['member'], shapes)}]"
    if kind == "map":
        return f"dict[{_annotation(shape['key'], shapes)}, {_annotation(shape['value'], shapes)}]"
    return name if kind == "structure" or "enum" in shape else SCALARS[kind]


def write(folder: Path, model: Mapping[str, Any]) -> None:
    """Write `contract.json` and `shapes.py` made from the model into the folder."""
    contract = build_contract(model)
    (folder / "contract.json").write_text(render_contract(contract), encoding="utf-8")
    (folder / "shapes.py").write_text(render_shapes(contract), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else WIRE, read_service_model())
