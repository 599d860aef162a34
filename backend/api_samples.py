"""An example made from a JSON schema: every property, the first of every choice, made-up ids and times."""

from typing import Any

BY_FORMAT = {
    "uuid": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77", "date-time": "2026-11-20T14:35:00Z", "date": "2026-11-20",
    "uri": "https://diary.example.org",
}
BY_TYPE: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}
DEEPEST = 12


def sample(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """A value that keeps to the schema; `schemas` are what `$ref` leads to."""
    if depth > DEEPEST:
        return {}
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth + 1)
    for said in ("examples", "enum"):
        if schema.get(said):
            return schema[said][0]
    if "const" in schema:
        return schema["const"]
    for choice in ("oneOf", "anyOf", "allOf"):
        if schema.get(choice):
            return sample(_most_telling(schema[choice]), schemas, depth + 1)
    return _of_type(schema, schemas, depth)


def _most_telling(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return next((choice for choice in choices if choice.get("type") != "null"), choices[0])


def _of_type(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if kind == "object":
        return {name: sample(inner, schemas, depth + 1) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample(schema["items"], schemas, depth + 1)] if schema.get("items") else []
    if kind == "string":
        return BY_FORMAT.get(schema.get("format", ""), BY_TYPE["string"])
    return max(BY_TYPE[kind], schema["minimum"]) if "minimum" in schema else BY_TYPE[kind]
