"""The published form of every event: one JSON Schema a stored name and version, derived from the domain's dataclass."""

from typing import Any

import msgspec

from domain.registry import TOPICS, VERSIONS


def event_schema(topic: str) -> dict[str, Any]:
    """JSON Schema of the event as it is written today. In the log a person's text is encrypted; here it is text."""
    [reference], definitions = msgspec.json.schema_components([TOPICS[topic]], ref_template="#/$defs/{name}")
    own = definitions.pop(reference["$ref"].rsplit("/", 1)[-1])
    version = VERSIONS.get(topic, 1)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:northing:event:{topic}:v{version}",
        **own,
        "title": topic,
        **({"$defs": definitions} if definitions else {}),
    }


def file_name(topic: str, version: int) -> str:
    """Where the schema of a version is kept.

    >>> file_name("KRCommitted", 1)
    'KRCommitted.v1.json'
    """
    return f"{topic}.v{version}.json"
