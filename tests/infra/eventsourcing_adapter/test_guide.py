"""The guide to a read model of one's own works as it stands."""

import re
from pathlib import Path
from uuid import uuid4

from infra.postgres.embedded import server as embedded
from tests.infra.eventsourcing_adapter.projecting import rows
from tests.server import ROOT, StartServer
from tests.snippets import run

GUIDE = ROOT / "docs/your-own-read-model.md"
MODULE = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUESTION = re.compile(r"^```sql\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_guide_works(start_server: StartServer, folder: Path) -> None:
    """Its modules are written to files, its shell is typed, and its question to the tables is answered as it says."""
    place = folder / uuid4().hex[:8]
    place.mkdir(mode=0o711)
    server = start_server(data=place / ".northing")
    text = GUIDE.read_text()
    modules = MODULE.findall(text)
    assert [name for name, _ in modules] == ["my_read_model.py", "look.py"]
    for name, source in modules:
        (place / name).write_text(source)
    run(GUIDE, server.url, place)
    database_url = embedded.running(place / ".northing")
    assert database_url
    [(question, answer)] = QUESTION.findall(text)
    assert [" ".join(map(str, row)) for row in rows(database_url, question)] == answer.splitlines()
