"""Ids: of the form of RFC 9562, in time order, and no two the same, not even in a process that was forked."""

import subprocess
import sys
import time
from uuid import RFC_4122

from services.eventlog.uuid7 import uuid7

FORKED = """
import os
from services.eventlog.uuid7 import uuid7

def random_bits():
    return uuid7().int & (1 << 62) - 1

random_bits()
read, write = os.pipe()
if os.fork() == 0:
    os.write(write, str(random_bits()).encode())
    os._exit(0)
own, other = random_bits(), int(os.read(read, 100))
os.wait()
print(own == other)
"""


def test_an_id_is_of_version_7_and_tells_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000

    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after


def test_no_two_ids_are_the_same() -> None:
    assert len({uuid7() for _ in range(100_000)}) == 100_000


def test_the_random_bits_fill_their_places() -> None:
    seen_set = seen_unset = 0
    for made in (uuid7().int for _ in range(1_000)):
        seen_set |= made
        seen_unset |= ~made
    random_places = ((1 << 12) - 1) << 64 | (1 << 62) - 1

    assert seen_set & seen_unset & random_places == random_places


def test_a_forked_process_makes_other_ids() -> None:
    ran = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "False"
