import pytest

from local.provider_twin.schema_values import schema_value

TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {"child": {"$ref": "#/$defs/node"}},
            "required": ["child"],
        }
    },
    "$ref": "#/$defs/node",
}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param({}, None, id="anything"),
        pytest.param({"type": "string"}, "text", id="string"),
        pytest.param({"type": "string", "minLength": 6}, "text--", id="long-string"),
        pytest.param({"type": "string", "maxLength": 2}, "te", id="short-string"),
        pytest.param({"type": "integer"}, 1, id="integer"),
        pytest.param({"type": "integer", "minimum": 4.5}, 5, id="large-integer"),
        pytest.param({"type": "integer", "exclusiveMinimum": 4}, 5, id="larger-integer"),
        pytest.param({"type": "number", "maximum": -3}, -3, id="small-number"),
        pytest.param({"type": "number", "exclusiveMaximum": 0}, -1, id="smaller-number"),
        pytest.param(
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5, id="between"
        ),
        pytest.param({"type": "boolean"}, True, id="boolean"),
        pytest.param({"type": "null"}, None, id="null"),
        pytest.param({"type": ["string", "null"]}, "text", id="first-of-types"),
        pytest.param({"type": []}, None, id="no-types"),
        pytest.param({"type": "array", "items": {"type": "string"}}, [], id="empty-array"),
        pytest.param(
            {"type": "array", "items": {"type": "string"}, "minItems": 2},
            ["text", "text"],
            id="array",
        ),
        pytest.param({"enum": ["red", "blue"]}, "red", id="enum"),
        pytest.param({"const": 7}, 7, id="const"),
        pytest.param({"anyOf": [{"type": "integer"}, {"type": "null"}]}, 1, id="union"),
        pytest.param({"required": ["a"]}, {"a": None}, id="required-unknown"),
        pytest.param({"properties": {"a": {"type": "string"}}}, {}, id="optional"),
        pytest.param(
            {
                "type": "object",
                "properties": {"a": {"type": "object", "required": ["b"]}},
                "required": ["a"],
            },
            {"a": {"b": None}},
            id="nested",
        ),
        pytest.param(
            {"$defs": {"city": {"type": "string"}}, "$ref": "#/$defs/city"}, "text", id="reference"
        ),
        pytest.param({"$ref": "#/$defs/lost"}, None, id="lost-reference"),
    ],
)
def test_the_value_satisfies_the_schema(schema, value):
    assert schema_value(schema) == value


def test_a_schema_without_end_is_cut():
    assert str(schema_value(TREE)).count("child") == 16


def test_no_schema_can_ask_for_an_endless_value():
    assert len(schema_value({"type": "string", "minLength": 10**9})) == 1024
    assert len(schema_value({"type": "array", "minItems": 10**9})) == 1024
