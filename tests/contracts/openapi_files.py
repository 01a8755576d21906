"""The OpenAPI document as files that a reviewer can read: what the routes of each tag say, and what they share.

index.json             what the whole says of itself, and every operation with its file, in the document's order
paths/<tag>.json       the operations of a tag
schemas/<tag>.json     the schemas that this tag alone uses
schemas/shared.json    the schemas that several tags use
<kind>.json            the other components: responses, examples, parameters, headers, securitySchemes
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.json_types import Json
from tests.server import ROOT

GOLDEN = ROOT / "contracts" / "golden" / "openapi"
SHARED = "shared"

Document = Json
Files = dict[str, Document]  # What each file holds, by its name below the folder.


def split(document: Document) -> Files:
    """The document as files, those of paths and schemas in the order of their names."""
    operations = [(path, method, of) for path, methods in document["paths"].items() for method, of in methods.items()]
    places = {f"{method} {path}": f"paths/{_tag(of)}.json" for path, method, of in operations}
    paths: Files = {place: {} for place in places.values()}
    for path, method, operation in sorted(operations, key=lambda each: each[:2]):
        paths[places[f"{method} {path}"]].setdefault(path, {})[method] = operation
    others = {f"{kind}.json": of for kind, of in document["components"].items() if kind != "schemas"}
    about = {name: of for name, of in document.items() if name not in ("paths", "components")}
    return {"index.json": about | {"operations": places}} | paths | _schemas(document, operations) | others


def join(files: Files) -> Document:
    """The document that was split."""
    about = dict(files["index.json"])
    paths: Document = {}
    for operation, place in about.pop("operations").items():
        method, path = operation.split(" ", 1)
        paths.setdefault(path, {})[method] = files[place][path][method]
    schemas = {name: of for place in files if place.startswith("schemas/") for name, of in files[place].items()}
    others = {place.removesuffix(".json"): files[place] for place in files if "/" not in place}
    del others["index"]
    return about | {"paths": paths, "components": {"schemas": dict(sorted(schemas.items()))} | others}


def text(content: Document) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def published() -> dict[str, str]:
    """The text of each file that the repository holds."""
    return {path.relative_to(GOLDEN).as_posix(): path.read_text() for path in GOLDEN.rglob("*") if path.is_file()}


def publish(texts: Mapping[str, str]) -> None:
    """Write these files, and leave no other."""
    for stale in published().keys() - texts.keys():
        (GOLDEN / stale).unlink()
    for name, written in texts.items():
        path: Path = GOLDEN / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written)


def _tag(operation: Document) -> str:
    [tag] = operation["tags"]
    return str(tag).replace(" ", "-")


def _schemas(document: Document, operations: list[tuple[str, str, Document]]) -> Files:
    users: dict[str, set[str]] = {name: set() for name in document["components"]["schemas"]}
    for _, _, operation in operations:
        for name in _schemas_of(operation, document["components"]):
            users[name].add(_tag(operation))
    files: Files = {}
    for name, tags in sorted(users.items()):
        place = f"schemas/{tags.pop() if len(tags) == 1 else SHARED}.json"
        files.setdefault(place, {})[name] = document["components"]["schemas"][name]
    return files


def _schemas_of(operation: Document, components: Document) -> set[str]:
    """The schemas that an operation refers to, also through other components."""
    found, ahead = set[str](), [*references(operation)]
    while ahead:
        reference = ahead.pop()
        if reference not in found:
            found.add(reference)
            _, _, kind, name = reference.split("/")
            ahead += references(components[kind][name])
    return {reference.rpartition("/")[2] for reference in found if "/schemas/" in reference}


def references(value: object) -> Iterator[str]:
    """Every `$ref` inside of a part of the document."""
    if isinstance(value, dict):
        yield from (each for key, each in value.items() if key == "$ref")
        value = [*value.values()]
    if isinstance(value, list):
        for each in value:
            yield from references(each)
