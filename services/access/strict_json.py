"""JSON as strictly as what is stored for ever asks for. The library's defaults take NaN, 1e400, NUL and lost keys."""

import json
import re
from decimal import Decimal
from typing import Any, Never

from contracts.problems import NotJson

DEPTH = 32
_NUL_OR_SURROGATE = re.compile("[\x00\ud800-\udfff]")


def loads(body: bytes) -> Any:
    """Parse a JSON text: UTF-8, exact numbers (int or Decimal), every key once. Raises NotJson."""
    try:
        text = body.decode()
        if text.count("[") + text.count("{") > DEPTH:
            _require_shallow(text)
        parsed = json.loads(text, object_pairs_hook=_once, parse_float=Decimal, parse_constant=_refuse_constant)
    except NotJson:
        raise
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise NotJson(_shown(error)) from None
    if "\\u" in text:
        _require_plain_text(parsed)
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NotJson(f"the key {twice[:40]!r} stands twice in one object")
    return members


def _refuse_constant(constant: str) -> Never:
    raise NotJson(f"{constant} is no JSON number")


def _require_shallow(text: str) -> None:
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            escaped, in_string = (character == "\\" and not escaped), (character != '"' or escaped)
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > DEPTH:
                raise NotJson(f"nested more than {DEPTH} deep")
        elif character in "]}":
            depth -= 1


def _require_plain_text(parsed: Any) -> None:
    match parsed:
        case str():
            if _NUL_OR_SURROGATE.search(parsed):
                raise NotJson("a text holds NUL or a lone surrogate")
        case list():
            for item in parsed:
                _require_plain_text(item)
        case dict():
            for key, value in parsed.items():
                _require_plain_text(key)
                _require_plain_text(value)


def _shown(error: Exception) -> str:
    return f"{error.msg} at character {error.pos}" if isinstance(error, json.JSONDecodeError) else type(error).__name__
