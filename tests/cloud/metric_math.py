"""Metric math, as far as alarms and gates use it: arithmetic, comparisons, FILL, IF, MIN, SUM, …

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

type Series = dict[
    int, float
]  # position on the grid of periods: value; what is not there is missing
type Value = Series | float | list[Any]

OPERATIONS: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.And: lambda one, other: float(bool(one) and bool(other)),
    ast.Or: lambda one, other: float(bool(one) or bool(other)),
}
OVER_SERIES: Mapping[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "MIN": min,
    "MAX": max,
    "AVG": lambda values: sum(values) / len(values),
}


class MathError(ValueError):
    """An expression that is wrong, or that this cloud does not know."""


def evaluate(expression: str, known: Mapping[str, Value], grid: range) -> Value:
    """The value of an expression over the results known by their ids."""
    try:
        tree = ast.parse(_in_python(expression), mode="eval")
    except SyntaxError as error:
        raise MathError(f"Error in expression '{expression}': {error.msg}") from error
    return _Evaluation(expression, known, grid).value(tree.body)


def _in_python(expression: str) -> str:
    """Python reads metric math but for its spelling of and, or and powers."""
    for theirs, ours in ((r"&&|\bAND\b", " and "), (r"\|\||\bOR\b", " or "), (r"\^", "**")):
        expression = re.sub(theirs, ours, expression)
    return expression.strip()


class _Evaluation:
    def __init__(self, expression: str, known: Mapping[str, Value], grid: range) -> None:
        self._expression = expression
        self._known = known
        self._grid = grid

    def value(self, node: ast.expr) -> Value:  # noqa: PLR0911  one per form
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=name):
                if name in self._known:
                    return self._known[name]
            case ast.List(elts=items):
                return [self.value(each) for each in items]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._pairwise(operator.mul, -1.0, self.value(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
                return self._pairwise(OPERATIONS[type(op)], self.value(left), self.value(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATIONS:
                return self._pairwise(OPERATIONS[type(op)], self.value(left), self.value(right))
            case ast.BoolOp(op=op, values=[first, *others]):
                found = self.value(first)
                for each in others:
                    found = self._pairwise(OPERATIONS[type(op)], found, self.value(each))
                return found
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name.upper(), arguments)
        raise MathError(
            f"Error in expression '{self._expression}': this cloud cannot read "
            f"'{ast.unparse(node)}'"
        )

    def _call(self, name: str, arguments: list[ast.expr]) -> Value:
        if name == "FILL" and len(arguments) == 2:
            return self._fill(self.value(arguments[0]), arguments[1])
        if name == "IF" and 2 <= len(arguments) <= 3:
            return self._if(*[self.value(each) for each in arguments])
        if name == "METRICS" and not arguments:
            return [each for each in self._known.values() if isinstance(each, dict)]
        if name == "ABS" and len(arguments) == 1:
            return self._pairwise(lambda one, _: abs(one), self.value(arguments[0]), 0.0)
        if name in OVER_SERIES and len(arguments) == 1:
            return self._over(OVER_SERIES[name], self.value(arguments[0]))
        raise MathError(f"Error in expression '{self._expression}': no function {name} here")

    def _fill(self, value: Value, filling: ast.expr) -> Value:
        """Missing points get a number, or the value before them (REPEAT)."""
        if not isinstance(value, dict):
            return value
        if isinstance(filling, ast.Name) and filling.id == "REPEAT":
            found: Series = {}
            for index in self._grid:
                last = value.get(index, found.get(index - 1))
                if last is not None:
                    found[index] = last
            return found
        number = self.value(filling)
        return {index: value.get(index, _at(number, index) or 0.0) for index in self._grid}

    def _if(self, condition: Value, yes: Value, no: Value | None = None) -> Value:
        """Missing where the condition is, or the chosen value; without an else, where it is 0."""
        if not isinstance(condition, dict):
            chosen = yes if condition else no
            return {} if chosen is None else chosen
        found: Series = {}
        for index, holds in condition.items():
            chosen = _at(yes if holds else no, index)
            if chosen is not None:
                found[index] = chosen
        return found

    def _over(self, function: Callable[[list[float]], float], value: Value) -> Value:
        """One series to a number; a list of series to a series, of what is there at each point."""
        if isinstance(value, list):
            points = {index for each in value if isinstance(each, dict) for index in each}
            return {
                index: float(
                    function([at for each in value if (at := _at(each, index)) is not None])
                )
                for index in sorted(points)
            }
        if not isinstance(value, dict):
            return value
        return float(function(list(value.values()))) if value else {}

    def _pairwise(
        self, operation: Callable[[float, float], float], one: Value, other: Value
    ) -> Value:
        if not isinstance(one, dict) and not isinstance(other, dict):
            found = _apply(operation, one, other)
            return {} if found is None else found
        points: Iterable[int] = self._grid
        found_series: Series = {}
        for index in points:
            left, right = _at(one, index), _at(other, index)
            if left is not None and right is not None:
                answer = _apply(operation, left, right)
                if answer is not None:
                    found_series[index] = answer
        return found_series


def _apply(operation: Callable[[float, float], float], one: Any, other: Any) -> float | None:
    """Nothing comes of a division by zero."""
    try:
        return float(operation(one, other))
    except ZeroDivisionError:
        return None


def _at(value: Value | None, index: int) -> float | None:
    if isinstance(value, dict):
        return value.get(index)
    return value if isinstance(value, int | float) else None
