"""What goes over HTTP, as the tests see it."""

from typing import Any

Json = dict[str, Any]  # A JSON object. What a field holds is said by the test that looks at it.
Parameter = str | int | float | bool | None  # Of a query.
