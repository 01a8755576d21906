"""An old data folder under the new code: the same answers, byte for byte, and every promise held.

python -m tests.upgrade.old_folder --before CHECKOUT --folder FOLDER [--facts FILE]

Lets an old checkout, which has its .venv, fill a data folder and answer, then lets this one serve a copy. What the old
one did stays in the folder: a second run compares again. Exit code 1 where an answer differs or a promise is broken.
"""

import argparse
import shutil
import sys
from pathlib import Path

from tests.upgrade.checkout import HERE, Checkout, copy_data
from tests.upgrade.every_event import fill
from tests.upgrade.recording import Recording, compare, read, record, write

SEED = 5
SHOWN = 10


def make(before: Checkout, data: Path, facts: Path | None) -> Recording:
    """A workspace of every kind of event, the demo, and a file of facts, if there is one; and what is answered."""
    with before.serving(data) as server, server.client() as client:
        filled = fill(client)
        before.run("demo", "--url", server.url)
        if facts is not None:
            before.run("import", str(facts.resolve()), "--workspace", facts.stem, "--url", server.url)
        return record(client, filled, before.commit(), SEED)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, required=True, help="a checkout of the old commit")
    parser.add_argument("--folder", type=Path, required=True, help="where the data folders and the answers are kept")
    parser.add_argument("--facts", type=Path, help="a file of facts to import, such as one of real organisations")
    given = parser.parse_args(arguments)
    old, new, answers = (given.folder.resolve() / name for name in ("before", "after", "answers.json.gz"))
    if not answers.exists():
        given.folder.mkdir(exist_ok=True)
        given.folder.chmod(0o711)  # PostgreSQL's account passes through it.
        write(make(Checkout(given.before.resolve()), old, given.facts), answers)
    recording = read(answers)
    shutil.rmtree(new, ignore_errors=True)
    copy_data(old, new)
    with HERE.serving(new) as server, server.client() as client:
        found = compare(client, recording)
    print(f"{recording.figures()}. {HERE.commit()} serves a copy: {len(found)} differ or are broken.")  # noqa: T201
    print(*found[:SHOWN], sep="\n")  # noqa: T201
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
