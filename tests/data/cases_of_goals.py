"""What facts do to a goal: edits, retirements, check-ins and grades."""

from tests.data.case import BEGUN, K1, O1, O2, Case, day, fact, goal

CASES = [
    Case(
        "same time: file order decides",
        [
            O1,
            K1,
            fact("edit", "k1", at=day(2), title="First"),
            fact("edit", "k1", at=day(2), title="Second"),
            goal("objective", "late", at=day(3)),
            goal("objective", "early", at=day(2)),
        ],
        shows={
            day(1): {"k1": {"title": "Title of k1"}, "early": None, "late": None},
            day(2): {"k1": {"title": "Second"}, "early": {"title": "Title of early"}, "late": None},
        },
        acts={"k1": [*BEGUN, "02 amended title: Title of k1 > First", "02 amended title: First > Second"]},
    ),
    Case(
        "a field absent or null in an edit is unchanged, an equal one changes nothing",
        [
            O1,
            goal("key_result", "k1", parent_id="o1", target=40, owner="Rosa", cycle="Spring", metric="visits"),
            fact("edit", "k1", at=day(2), title="Title of k1", target=40.0, team=None, owner="Rosa", note="as before"),
            fact("edit", "k1", at=day(3), target=35, note="target read: 40 -> 35"),
        ],
        shows={day(3): {"k1": {"title": "Title of k1", "owner": "Rosa", "cycle": "Spring", "team": None}}},
        acts={"k1": [*BEGUN, "03 amended target: 40 > 35 (target read: 40 -> 35)"]},
        comments={"k1": ["as before"]},
    ),
    Case(
        "one line may change several things: each is an act of its own",
        [
            O1,
            O2,
            goal("key_result", "k1", parent_id="o1", metric="visits", unit="people", baseline=5, target=40),
            fact(
                "edit",
                "k1",
                at=day(2),
                parent_id="o2",
                team="Harbour",
                owner="Rosa",
                cycle="Spring",
                title="More visitors",
                metric="paying visitors",
                unit="tickets",
                baseline=4,
                target=20,
                note="re-cut",
            ),
        ],
        shows={
            day(1): {"k1": {"parent": "o1", "team": None}},
            day(2): {"k1": {"parent": "o2", "team": "Harbour", "owner": "Rosa", "cycle": "Spring"}},
        },
        acts={
            "k1": [
                *BEGUN,
                (
                    "02 amended baseline: 5 > 4, metric: visits > paying visitors, target: 40 > 20, "
                    "title: Title of k1 > More visitors, unit: people > tickets (re-cut)"
                ),
                "02 moved parent: o1 > o2 (re-cut)",
                "02 reassigned owner: None > Rosa, team: None > Harbour (re-cut)",
                "02 rescheduled cycle: None > Spring (re-cut)",
            ]
        },
    ),
    Case(
        "a field is cleared by its note",
        [
            O1,
            goal("key_result", "k1", parent_id="o1", target=9, baseline=2, unit="%", owner="Rosa", team="Harbour"),
            fact(
                "edit", "k1", at=day(2), title="A good mark", note="title: A 9 -> A good mark; target read: 9 -> (none)"
            ),
            fact("edit", "k1", at=day(3), note="owner: Rosa -> (none); priority: P1 -> P0"),
            fact("edit", "k1", at=day(4), note="parent: o1 -> (none)"),
            fact("edit", "k1", at=day(5), note="baseline read: 2 -> (none); unit: % -> (none)"),
            fact("edit", "k1", at=day(6), note="team: Harbour -> Quay; priority: P0 -> (none)"),
        ],
        shows={
            day(2): {"k1": {"title": "A good mark", "owner": "Rosa", "parent": "o1"}},
            day(3): {"k1": {"owner": None, "team": "Harbour"}},
            day(6): {"k1": {"parent": None, "team": "Harbour"}},
        },
        acts={
            "k1": [
                *BEGUN,
                (
                    "02 amended target: 9 > None, title: Title of k1 > A good mark "
                    "(title: A 9 -> A good mark; target read: 9 -> (none))"
                ),
                "03 reassigned owner: Rosa > None (owner: Rosa -> (none); priority: P1 -> P0)",
                "04 moved parent: o1 > None (parent: o1 -> (none))",
                "05 amended baseline: 2 > None, unit: % > None (baseline read: 2 -> (none); unit: % -> (none))",
            ]
        },
        comments={"k1": ["team: Harbour -> Quay; priority: P0 -> (none)"]},
    ),
    Case(
        "an edit without a known change is a comment",
        [
            O1,
            K1,
            fact("edit", "k1", at=day(2), note="struck through"),
            fact("edit", "o1", at=day(2), target=12, note="an objective has no measure"),
        ],
        shows={day(2): {"k1": {"state": "open"}}},
        acts={"k1": BEGUN},
        comments={"k1": ["struck through"], "o1": ["an objective has no measure"]},
    ),
    Case(
        "retire takes exactly that goal out, an edit brings it back first",
        [
            O1,
            K1,
            goal("key_result", "k2", parent_id="o1"),
            fact("retire", "o1", at=day(2), note="given up"),
            fact("edit", "o1", at=day(4), title="Once more", note="back"),
            fact("retire", "k2", at=day(5), note="too hard"),
            fact("edit", "k2", at=day(6), note="struck through"),
        ],
        shows={
            day(1): {"o1": {"state": "open"}, "k1": {"parent": "o1"}},
            day(2): {"o1": {"state": "dropped"}, "k1": {"state": "open", "parent": "o1"}, "k2": {"state": "open"}},
            day(4): {"o1": {"state": "open", "title": "Once more"}},
            day(5): {"k2": {"state": "dropped"}},
            day(6): {"k2": {"state": "open"}},
        },
        acts={
            "k1": BEGUN,
            "k2": [*BEGUN, "05 dropped (too hard)", "06 reinstated (struck through)"],
        },
        comments={"k2": ["struck through"]},
    ),
    Case(
        "retire of a dropped goal is a comment",
        [O1, K1, fact("retire", "k1", at=day(2), note="gone"), fact("retire", "k1", at=day(3), note="still gone")],
        shows={day(3): {"k1": {"state": "dropped"}}},
        acts={"k1": [*BEGUN, "02 dropped (gone)"]},
        comments={"k1": ["still gone"]},
    ),
    Case(
        "a check-in or a grade of a dropped goal is kept and leaves it dropped; back, it is graded",
        [
            O1,
            K1,
            fact("retire", "k1", at=day(2), note="gone"),
            fact("checkin", "k1", at=day(3), current=12, note="late count"),
            fact("grade", "k1", at=day(4), score=0.3, note="as written: 30%"),
            fact("edit", "k1", at=day(6), title="Back", note="back"),
        ],
        shows={
            day(4): {"k1": {"state": "dropped", "score": "0.3"}},
            day(6): {"k1": {"state": "graded", "score": "0.3", "title": "Back"}},
        },
        acts={
            "k1": [
                *BEGUN,
                "02 dropped (gone)",
                "04 graded",
                "06 reinstated (back)",
                "06 amended title: Title of k1 > Back (back)",
            ]
        },
        points={"k1": ["03 12 (late count)"]},
    ),
    Case(
        "an edit of a graded goal leaves it graded",
        [
            O1,
            K1,
            fact("grade", "k1", at=day(2), score=1, note="as written: done"),
            fact("edit", "k1", at=day(3), target=41, note="a slip"),
            fact("edit", "k1", at=day(4), note="nothing"),
        ],
        shows={day(4): {"k1": {"state": "graded", "score": "1"}}},
        acts={"k1": [*BEGUN, "02 graded", "03 amended target: 40 > 41 (a slip)"]},
        comments={"k1": ["nothing"]},
    ),
    Case(
        "a grade in words never removes a number",
        [
            O1,
            K1,
            goal("key_result", "k2", parent_id="o1"),
            fact("grade", "k1", at=day(2), score=0.45, note="as written: 45%"),
            fact("grade", "k1", at=day(3), note="as written: nearly"),
            fact("grade", "k1", at=day(4), score=0.5, note="as written: 50%"),
            fact("grade", "k2", at=day(2), note="as written: ???"),
            fact("grade", "o1", at=day(5), score=1.3, note="as written: 130%"),
        ],
        shows={
            day(2): {"k2": {"state": "graded", "score": None, "grade_as_written": "as written: ???"}},
            day(3): {"k1": {"state": "graded", "score": "0.45", "grade_as_written": "as written: nearly"}},
            day(4): {"k1": {"state": "graded", "score": "0.5", "grade_as_written": "as written: 50%"}},
            day(5): {"o1": {"state": "graded", "score": "1.3"}},
        },
        acts={"k1": [*BEGUN, "02 graded", "03 graded", "04 graded"]},
    ),
    Case(
        "a score is the number that was written, far above 1 and to the last digit",
        [
            O1,
            K1,
            '{"at": "2024-03-02", "kind": "grade", "id": "k1", "score": 12.3450, "note": "many times over"}',
            '{"at": "2024-03-02", "kind": "grade", "id": "o1", "score": 0.1234567890123456789}',
        ],
        shows={day(2): {"k1": {"score": "12.345"}, "o1": {"score": "0.1234567890123456789"}}},
    ),
    Case(
        "a number beyond all measure stays a text",
        [O1, K1, '{"at": "2024-03-03", "kind": "checkin", "id": "k1", "current": 1E-400, "score": 1E+400}'],
        points={"k1": ["03 '1E-400'"]},
    ),
    Case(
        "what stands on a check-in, grade or retire line beside its own says nothing",
        [
            O1,
            O2,
            K1,
            fact("checkin", "k1", at=day(2), score=0.2, title="X", parent_id="o2", team="T", owner="W", cycle="C"),
            fact("grade", "k1", at=day(3), score=0.4, title="X", parent_id="o2", team="T", owner="W", cycle="C"),
            fact("retire", "k1", at=day(4), title="X", parent_id="o2", team="T", owner="W", cycle="C", note="n"),
        ],
        shows={
            day(4): {
                "k1": {"title": "Title of k1", "parent": "o1", "team": None, "owner": None, "cycle": None},
            },
        },
        acts={"k1": [*BEGUN, "03 graded", "04 dropped (n)"]},
        points={"k1": ["02 claimed 0.2"]},
    ),
    Case(
        "check-ins: a number, a text, a claimed share, a confidence; the later one at the same time corrects",
        [
            O1,
            K1,
            fact("checkin", "k1", at=day(2), current=12.5, confidence=7, note="on the way"),
            fact("checkin", "k1", at=day(3), current="checked", score=0.5),
            fact("checkin", "k1", at=day(3), current="0,7", note="looked again"),
            fact("checkin", "k1", at=f"{day(3)}T00:00:00Z", current=-3, score=0.6),
            fact("checkin", "k1", at=f"{day(3)}T08:00:00+02:00", score=1.25, note="morning"),
            fact("checkin", "o1", at=day(2), score=0.4, current=3, confidence=2.5, note="the whole"),
        ],
        points={
            "k1": [
                "02 12.5 confidence 7 (on the way)",
                "03 'checked' claimed 0.5 corrected",
                "03 '0,7' (looked again) corrected",
                "03 -3 claimed 0.6",
                "03 claimed 1.25 (morning)",
            ],
            "o1": ["02 '3' claimed 0.4 confidence 2.5 (the whole)"],
        },
        shows={day(3): {"k1": {"state": "open", "score": None}}},
    ),
    Case(
        "a target that is a text stays one",
        [
            O1,
            goal("key_result", "k1", parent_id="o1", target="[N1]", baseline="a few"),
            fact("edit", "k1", at=day(2), target=30, note="now public"),
            fact("edit", "k1", at=day(3), target="about X/10", note="hidden again"),
        ],
        acts={
            "k1": [
                *BEGUN,
                "02 amended target: [N1] > 30 (now public)",
                "03 amended target: 30 > about X/10 (hidden again)",
            ]
        },
    ),
    Case(
        "the four kinds of purpose: edits revise, check-ins and grades are comments",
        [
            goal("mission", "m", team="Harbour", cycle="Year"),
            goal("vision", "v", parent_id="m"),
            goal("strategy", "s", parent_id="v"),
            goal("theme", "t", parent_id="s", note="a lane"),
            goal("objective", "o", parent_id="t"),
            fact("edit", "m", at=day(2), title="A wider mission", note="text: Title of m -> A wider mission"),
            fact("edit", "t", at=day(2), title="Reworded", parent_id="v", owner="Rosa"),
            fact("checkin", "s", at=day(3), score=0.5, note="half way"),
            fact("grade", "v", at=day(3), score=1, note="all done"),
            fact("retire", "t", at=day(4), note="no longer"),
        ],
        shows={
            day(1): {"m": {"team": "Harbour", "cycle": "Year"}, "t": {"parent": "s"}},
            day(3): {
                "m": {"kind": "mission", "title": "A wider mission", "state": "open"},
                "v": {"kind": "vision", "state": "open", "score": None},
                "s": {"kind": "strategy", "score": None},
                "t": {"kind": "theme", "title": "Reworded", "parent": "v", "owner": "Rosa"},
                "o": {"parent": "t"},
            },
            day(4): {"t": {"state": "dropped"}, "o": {"parent": "t", "state": "open"}},
        },
        comments={"s": ["half way"], "v": ["all done"]},
    ),
]
