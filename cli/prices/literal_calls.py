"""Reads a Python module that consists of literals and constructor calls, without running it.

That is what genai-prices ships its data as. Anything else in it is refused.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cli.prices.records import SourceChanged


@dataclass(frozen=True, slots=True)
class Call:
    """``Name(argument, key=argument)``: written down, not carried out."""

    name: str
    positional: tuple[object, ...]
    keywords: Mapping[str, object]


def read_assignment(source: str, name: str) -> object:
    """The value assigned to a module variable, its calls as `Call`. Raises SourceChanged."""
    for statement in ast.parse(source).body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value):
                if found == name:
                    return _value(value)
            case ast.Assign(targets=[ast.Name(id=found)], value=value):
                if found == name:
                    return _value(value)
            case _:
                pass
    raise SourceChanged(f"no assignment to {name}")


def _value(node: ast.expr) -> object:
    """The meaning of one expression of the few kinds that are data."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_value(element) for element in elements]
        case ast.Dict(keys=keys, values=values):
            return {_value(_present(k)): _value(v) for k, v in zip(keys, values, strict=True)}
        case ast.Attribute() | ast.Name():
            return ast.unparse(node)
        case ast.Call():
            return _call(node)
        case _:
            raise SourceChanged(f"line {node.lineno}: {type(node).__name__} is not data")


def _present(key: ast.expr | None) -> ast.expr:
    if key is None:
        raise SourceChanged("a dictionary is unpacked into another")
    return key


def _call(node: ast.Call) -> object:
    call = Call(
        name=ast.unparse(node.func),
        positional=tuple(_value(argument) for argument in node.args),
        keywords={_keyword(k): _value(k.value) for k in node.keywords},
    )
    make = _EVALUATED.get(call.name)
    return call if make is None else make(call)


def _keyword(keyword: ast.keyword) -> str:
    if keyword.arg is None:
        raise SourceChanged(f"line {keyword.lineno}: keywords are unpacked")
    return keyword.arg


def _decimal(call: Call) -> Decimal:
    (text,) = call.positional
    return Decimal(str(text))


_EVALUATED: Mapping[str, Callable[[Call], object]] = {"Decimal": _decimal}
