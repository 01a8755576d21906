"""What a file may bring: links, names and ids in any order, and lines that cannot be taken."""

import json

from tests.data.case import BEGUN, K1, O1, Case, day, fact, goal

CASES = [
    Case(
        "an older fact that comes late fills only the time up to the next later one",
        [
            O1,
            fact("edit", "o1", at=day(5), owner="Rosa"),
            fact("edit", "o1", at=day(3), owner="Imre"),
        ],
        shows={
            day(2): {"o1": {"owner": None}},
            day(3): {"o1": {"owner": "Imre"}},
            day(5): {"o1": {"owner": "Rosa"}},
        },
    ),
    Case(
        "what is older than the first line of its goal shows nothing",
        [
            goal("objective", "o1", at=day(5)),
            fact("edit", "o1", at=day(2), title="Earlier"),
            goal("objective", "o1", at=day(3), title="Said again"),
            fact("edit", "o1", at=day(6), owner="Rosa", recorded_at="some day"),
        ],
        shows={
            day(4): {"o1": None},
            day(5): {"o1": {"title": "Title of o1"}},
            day(6): {"o1": {"title": "Title of o1", "owner": "Rosa"}},
        },
        warned=(2, 3),
    ),
    Case(
        "an unknown parent: taken unaligned with a warning, aligned when that id comes",
        [
            O1,
            goal("key_result", "k1", parent_id="later"),
            goal("key_result", "k2", parent_id="o1", at=day(2)),
            fact("edit", "k2", at=day(3), parent_id="later", note="parent: o1 -> later"),
            goal("key_result", "k3", parent_id="never", at=day(3)),
            goal("key_result", "k4", parent_id="later", at=day(3)),
            fact("edit", "k4", at=day(4), parent_id="o1", note="thought better of it"),
            goal("objective", "later", at=day(5)),
        ],
        shows={
            day(2): {"k1": {"parent": None}, "k2": {"parent": "o1"}},
            day(4): {"k1": {"parent": None}, "k2": {"parent": None}, "k4": {"parent": "o1"}},
            day(5): {
                "k1": {"parent": "later"},
                "k2": {"parent": "later"},
                "k3": {"parent": None},
                "k4": {"parent": "o1"},
            },
        },
        acts={
            "k1": [*BEGUN, "05 moved parent: None > later"],
            "k2": [
                "02 proposed",
                "02 committed",
                "03 moved parent: o1 > None (parent: o1 -> later)",
                "05 moved parent: None > later",
            ],
            "k3": ["03 proposed", "03 committed"],
            "k4": ["03 proposed", "03 committed", "04 moved parent: None > o1 (thought better of it)"],
        },
        warned=(2, 4, 5, 6),
    ),
    Case(
        "an unknown parent that comes later but is older: aligned from the goal's own time on",
        [goal("key_result", "k1", parent_id="old", at=day(4)), goal("objective", "old", at=day(2))],
        shows={day(3): {"k1": None}, day(4): {"k1": {"parent": "old"}}},
        warned=(1,),
    ),
    Case(
        "a dropped parent is accepted",
        [O1, fact("retire", "o1", at=day(2), note="n"), goal("key_result", "k1", at=day(3), parent_id="o1")],
        shows={day(3): {"k1": {"parent": "o1", "state": "open"}, "o1": {"state": "dropped"}}},
    ),
    Case(
        "an id seen again: same kind, an edit; another kind, refused",
        [
            O1,
            K1,
            goal("key_result", "k1", at=day(2), title="Again", note="said twice"),
            goal("objective", "k1", at=day(3)),
            goal("cycle", "o1", at=day(3)),
            goal("mission", "m", at=day(3)),
            goal("vision", "m", at=day(3)),
        ],
        shows={day(3): {"k1": {"kind": "key_result", "title": "Again", "parent": "o1"}, "m": {"kind": "mission"}}},
        acts={"k1": [*BEGUN, "02 amended title: Title of k1 > Again (said twice)"]},
        refused=(4, 5, 7),
    ),
    Case(
        "a line that is word for word an earlier one is unchanged, whatever the order of its keys",
        [
            O1,
            K1,
            '{"kind": "objective", "title": "Title of o1", "id": "o1", "at": "2024-03-01"}',
            "   ",
            fact("edit", "o1", at=day(2), title="Other"),
            fact("edit", "o1", at=day(3), title="Title of o1"),
            fact("edit", "o1", at=day(2), title="Other"),
        ],
        shows={day(3): {"o1": {"title": "Title of o1"}}},
        unchanged=(3, 7),
    ),
    Case(
        "owner texts are never split, one placeholder for each",
        [
            O1,
            goal("key_result", "k1", parent_id="o1", owner="Rosa, Imre"),
            goal("key_result", "k2", parent_id="o1", owner="Rosa: 0.75; Imre: 0.25"),
            goal("key_result", "k3", parent_id="o1", owner="All of Harbour"),
            goal("key_result", "k4", parent_id="o1", owner="Rosa, Imre", team="Harbour, Quay"),
            fact("edit", "k4", at=day(2), owner="Rosa", note="owner: Rosa, Imre -> Rosa"),
        ],
        shows={
            day(1): {
                "k1": {"owner": "Rosa, Imre"},
                "k2": {"owner": "Rosa: 0.75; Imre: 0.25"},
                "k3": {"owner": "All of Harbour"},
                "k4": {"owner": "Rosa, Imre", "team": "Harbour, Quay"},
            },
            day(2): {"k4": {"owner": "Rosa"}},
        },
        acts={"k4": [*BEGUN, "02 reassigned owner: Rosa, Imre > Rosa (owner: Rosa, Imre -> Rosa)"]},
    ),
    Case(
        "no cycle, a cycle by name, another cycle",
        [
            O1,
            goal("objective", "o2", cycle="Spring"),
            fact("cycle", "c1", at=day(2), title="Summer", cycle="Summer", note="runs from 2024-06-01 to 2024-08-31"),
            fact("edit", "o2", at=day(3), cycle="Summer"),
            fact("edit", "o2", at=day(4), note="cycle: Summer -> (none)"),
        ],
        shows={
            day(2): {"o1": {"cycle": None}, "o2": {"cycle": "Spring"}},
            day(3): {"o2": {"cycle": "Summer"}},
            day(4): {"o2": {"cycle": None}},
        },
    ),
    Case(
        "an objective under a key result, and a key result under a mission",
        [
            goal("mission", "m"),
            goal("key_result", "k1", parent_id="m"),
            goal("objective", "o1", parent_id="k1"),
            goal("key_result", "k2", parent_id="o1"),
        ],
        shows={day(1): {"k1": {"parent": "m"}, "o1": {"parent": "k1"}, "k2": {"parent": "o1"}}},
    ),
    Case(
        "a loop is refused, the whole line with it; also one that closes only later",
        [
            O1,
            goal("objective", "o2", parent_id="o1"),
            goal("objective", "o3", parent_id="o2"),
            fact("edit", "o1", at=day(2), parent_id="o3", title="Never"),
            fact("edit", "o1", at=day(2), parent_id="o1"),
            goal("objective", "o4"),
            fact("edit", "o4", at=day(5), parent_id="o3"),
            fact("edit", "o1", at=day(3), parent_id="o4"),
            fact("edit", "o1", at=day(4), title="Fine"),
        ],
        shows={
            day(3): {"o1": {"title": "Title of o1", "parent": None}},
            day(5): {"o1": {"title": "Fine", "parent": None}, "o4": {"parent": "o3"}},
        },
        refused=(4, 5, 8),
    ),
    Case(
        "lines that cannot be read are refused, each for itself",
        [
            O1,
            '{"at": "2024-03-01", "kind": "objective", ',
            '["an array"]',
            '{"at": "2024-03-01", "kind": "objective", "id": "n", "title": "n", "target": NaN}',
            '{"at": "2024-03-01", "kind": "objective", "id": "n", "id": "n2", "title": "n"}',
            '{"at": "2024-03-01", "kind": "objective", "id": "n", "title": "a\\u0000b"}',
            '{"at": "2024-03-01", "kind": "objective", "id": "n", "title": "a\\ud800b"}',
            json.dumps({"at": day(1), "kind": "comment", "id": "o1", "note": "x" * (1024 * 1024)}),
            fact("comment", "o1", at=day(2), note="\\u0000 as a text is one"),
        ],
        shows={day(2): {"o1": {"state": "open"}, "n": None, "n2": None}},
        refused=(2, 3, 4, 5, 6, 7, 8),
    ),
    Case(
        "lines that say too little are refused",
        [
            O1,
            K1,
            '{"kind": "objective", "id": "n1", "title": "no at"}',
            goal("objective", "n2", at="some day"),
            goal("objective", "n3", at="2024-02-30"),
            '{"at": 20240301, "kind": "objective", "id": "n4", "title": "a number"}',
            goal("objective", "n5", at="2999-01-01"),
            fact("objective", None, title="no id"),
            fact("objective", "n6"),
            fact("key_result", "n7", title=""),
            fact("edit", None, title="of what"),
            goal("initiative", "n8"),
            '{"at": "2024-03-01", "id": "n9", "title": "no kind"}',
            fact("edit", "nobody", title="n"),
            fact("checkin", "nobody", score=0.1),
            fact("grade", "nobody", score=0.1),
            fact("retire", "nobody"),
            fact("comment", "nobody", note="n"),
            fact("comment", None, note="on the workspace"),
        ],
        shows={day(2): dict.fromkeys(("n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "nobody"))},
        refused=tuple(range(3, 19)),
    ),
    Case(
        "a bare date begins and ends with the day in the workspace's zone",
        [
            goal("objective", "o1", at="2024-03-31"),
            goal("objective", "o2", at="2024-03-31T20:59:59Z"),
            goal("objective", "o3", at="2024-03-31T21:00:00Z"),
            fact("edit", "o1", at="2024-04-01", title="April"),
        ],
        # Helsinki: the day begins at 22:00 UTC of the 30th, loses an hour, and ends at 21:00 UTC.
        shows={
            "2024-03-30": {"o1": None},
            "2024-03-31": {"o1": {"title": "Title of o1"}, "o2": {"state": "open"}, "o3": None},
            "2024-04-01": {"o1": {"title": "April"}, "o3": {"state": "open"}},
        },
        zone="Europe/Helsinki",
    ),
    Case(
        "titles in every script, with marks that mean something elsewhere",
        [
            goal(
                "objective",
                "o:1/ä#",
                title="Größer 🚀 <b>“fast”</b> | a; b: c -> d",
                owner="Ñandú & Co",
                team="Équipe/Ω",
            ),
            fact("edit", "o:1/ä#", at=day(2), title="x; owner: y -> z", note="title: a; b: c -> d -> x; owner: y -> z"),
        ],
        shows={
            day(1): {"o:1/ä#": {"title": "Größer 🚀 <b>“fast”</b> | a; b: c -> d", "owner": "Ñandú & Co"}},
            day(2): {"o:1/ä#": {"title": "x; owner: y -> z", "owner": "Ñandú & Co", "team": "Équipe/Ω"}},
        },
    ),
]
