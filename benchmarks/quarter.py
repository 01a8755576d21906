"""A synthetic quarter of one workspace, put into the log as it would have been recorded: what reads are measured with.

Goals in a tree of six levels, of ten goals eight key results: negotiated, committed, and checked in on week by week,
each check-in with a narrative. One in thirty is late, one in a hundred is corrected.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection

from domain.cycle import CycleActivated, CyclePlanned
from domain.goal.check_in import CheckedIn, CheckInCorrected, HealthWord, Statement, fields_of
from domain.goal.measure import Commitment, Terms
from domain.goal.measure import fields_of as fields_of_terms
from domain.ids import local_owner_id
from domain.key_result.negotiation import KRCommitted, KRCountered, KRProposed
from domain.member import MemberAdded
from domain.objective.agreement import ObjectiveAgreed, ObjectiveProposed
from domain.personal import Personal
from domain.purpose.mission import MissionAdopted, MissionDrafted
from domain.purpose.strategy import StrategyStated
from domain.purpose.theme import ThemeSet
from domain.registry import NAMES, VERSIONS
from domain.team import TeamFormed
from domain.workspace import WorkspaceOpened
from services.eventlog import codec

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
WEEKS = 10
MEMBERS = 200
COMMITMENTS: tuple[Commitment, ...] = ("committed", "aspirational")
HEALTHS: tuple[HealthWord | None, ...] = ("on_track", "at_risk", None)
NARRATIVE = "Two sites bake at night; the third one waits for its oven, which comes on Thursday."

COLUMNS = (
    "log_position, workspace_id, position, stream_id, stream_version, stream_kind, topic, schema_version, state,"
    " event_id, actor_id, effective_at, recorded_at"
)
TYPES = (
    "int8",
    "uuid",
    "int8",
    "uuid",
    "int4",
    "text",
    "text",
    "int2",
    "bytea",
    "uuid",
    "uuid",
    "timestamptz",
    "timestamptz",
)


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """A fact at the moment of its recording."""

    recorded_at: datetime
    kind: str
    stream_id: UUID
    event: codec.DomainEvent
    effective_at: datetime


@dataclass
class Quarter:
    """Makes the quarter of a workspace with this many goals."""

    goals: int
    facts: list[RecordedFact] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    clock: datetime = START

    def __post_init__(self) -> None:
        self.workspace_id = self._id()
        self.owner_id = local_owner_id(self.workspace_id)
        self.members = [self.owner_id, *(self._id() for _ in range(MEMBERS - 1))]
        self.teams = [self._id() for _ in range(MEMBERS // 10)]
        self.cycle_id = self._id()

    def make(self) -> list[RecordedFact]:
        """All that happened, in the order of its recording."""
        self._organisation()
        for parents in self._ends(*self._begin()):
            self._key_results(parents)
        self.facts.sort(key=lambda fact: fact.recorded_at)
        return self.facts

    def _organisation(self) -> None:
        self._record("workspace", self.workspace_id, WorkspaceOpened(name="Acme", timezone="Europe/Berlin"))
        for number, id in enumerate(self.members):
            self._record("member", id, MemberAdded(name=Personal(id, f"Member {number}"), role="owner"))
        for number, id in enumerate(self.teams):
            self._record("team", id, TeamFormed(name=f"Team {number}"))
        start, end = date(2026, 1, 1), date(2026, 4, 1)
        self._record("cycle", self.cycle_id, CyclePlanned(name="2026-Q1", kind="quarter", start=start, end=end))
        self._record("cycle", self.cycle_id, CycleActivated())

    def _begin(self) -> tuple[list[UUID], int]:
        """Mission, strategies and themes; the themes, and how many objectives there are to be."""
        mission = self._id()
        self._record("mission", mission, MissionDrafted(title="Bread for everybody"))
        self._record("mission", mission, MissionAdopted())
        strategies, themes = [self._id() for _ in range(4)], [self._id() for _ in range(16)]
        for id in strategies:
            self._record("strategy", id, StrategyStated(title="Bake where people live", parent_id=mission))
        for number, id in enumerate(themes):
            self._record("theme", id, ThemeSet(title="Short ways", parent_id=strategies[number % 4]))
        return themes, self.goals // 5 - 21

    def _ends(self, themes: list[UUID], objectives: int) -> Iterator[list[UUID]]:
        """Two levels of objectives; the ids of all of them."""
        upper = [self._objective(self.chance.choice(themes)) for _ in range(objectives // 10)]
        yield [*upper, *(self._objective(self.chance.choice(upper)) for _ in range(objectives - len(upper)))]

    def _objective(self, parent_id: UUID) -> UUID:
        id, (owner, partner) = self._id(), self.chance.sample(self.members, 2)
        self._record(
            "objective",
            id,
            ObjectiveProposed(
                title="A loaf on every table by seven",
                why="Nobody waits",
                owner_id=owner,
                partner_id=partner,
                by=owner,
                parent_id=parent_id,
                team_id=self.chance.choice(self.teams),
                cycle_id=self.cycle_id,
            ),
        )
        self._record("objective", id, ObjectiveAgreed(by=partner))
        return id

    def _key_results(self, objectives: list[UUID]) -> None:
        for number in range(self.goals - self.goals // 5):
            id, (owner, partner) = self._id(), self.chance.sample(self.members, 2)
            terms = Terms(
                title=f"Reach {number} homes", metric="homes", unit="homes", baseline=Decimal(0), target=Decimal(120)
            )
            objective_id, team_id = self.chance.choice(objectives), self.chance.choice(self.teams)
            commitment = self.chance.choice(COMMITMENTS)
            offer = KRProposed(
                **fields_of_terms(replace(terms, commitment=commitment)),
                owner_id=owner,
                partner_id=partner,
                by=owner,
                objective_id=objective_id,
                team_id=team_id,
                cycle_id=self.cycle_id,
            )
            self._record("key_result", id, offer)
            if number % 4 == 0:
                self._record(
                    "key_result", id, KRCountered(**fields_of_terms(replace(terms, target=Decimal(90))), by=partner)
                )
            self._record("key_result", id, KRCommitted(by=partner if number % 4 else owner))
            for week in range(WEEKS):
                self._check_in(id, owner, week)

    def _check_in(self, id: UUID, owner: UUID, week: int) -> None:
        at = START + timedelta(weeks=week + 1, seconds=self.chance.uniform(0, 86_400 * 4))
        statement = Statement(
            value=Decimal(week * 9 + self.chance.randint(0, 9)),
            confidence=Decimal(self.chance.randint(2, 9)),
            health=self.chance.choice(HEALTHS),
            narrative=Personal(owner, NARRATIVE),
        )
        check_in_id = self._id()
        late = timedelta(days=self.chance.uniform(2, 10)) if self.chance.random() < 1 / 30 else timedelta()
        self.facts.append(
            RecordedFact(at + late, "key_result", id, CheckedIn(check_in_id=check_in_id, **fields_of(statement)), at)
        )
        if self.chance.random() < 1 / 100:
            right = fields_of(replace(statement, value=Decimal(50)))
            corrected = CheckInCorrected(check_in_id=self._id(), corrects=check_in_id, **right)
            self.facts.append(RecordedFact(at + late + timedelta(days=1), "key_result", id, corrected, at))

    def _record(self, kind: str, id: UUID, event: codec.DomainEvent) -> None:
        self.clock += timedelta(milliseconds=10)
        self.facts.append(RecordedFact(self.clock, kind, id, event, self.clock))

    def _id(self) -> UUID:
        """In the order of time, as all ids are that the product makes."""
        self.clock += timedelta(milliseconds=1)
        milliseconds = int(self.clock.timestamp() * 1000)
        random_bits = self.chance.getrandbits(62)
        return UUID(int=milliseconds << 80 | 0x7 << 76 | self.chance.getrandbits(12) << 64 | 0b10 << 62 | random_bits)


def record(connection: Connection, quarter: Quarter) -> int:
    """Write the quarter into an empty log, as the log's owner. How many events it has."""
    facts, workspace_id = quarter.make(), quarter.workspace_id
    keys = {(workspace_id, id): AESGCM.generate_key(codec.KEY_BITS) for id in quarter.members}
    sealing = {subject: AESGCM(key) for subject, key in keys.items()}
    versions: dict[UUID, int] = {}
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO northing.person_keys VALUES (%s, %s, %s)", [(*subject, key) for subject, key in keys.items()]
        )
        with cursor.copy(f"COPY northing.events ({COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(TYPES)
            for position, each in enumerate(facts, 1):
                version = versions[each.stream_id] = versions.get(each.stream_id, 0) + 1
                topic, event_id = NAMES[type(each.event)], quarter._id()
                state = codec.encode(each.event, workspace_id, event_id, sealing)
                copy.write_row(
                    (
                        position,
                        workspace_id,
                        position,
                        each.stream_id,
                        version,
                        each.kind,
                        topic,
                        VERSIONS.get(topic, 1),
                        state,
                        event_id,
                        quarter.owner_id,
                        each.effective_at,
                        each.recorded_at,
                    )
                )
        cursor.execute("UPDATE northing.heads SET position = %s, recorded_at = %s", [len(facts), facts[-1].recorded_at])
        cursor.execute(
            "INSERT INTO northing.heads SELECT %s, position, recorded_at FROM northing.heads", [workspace_id]
        )
        cursor.execute("ANALYZE northing.events")
    return len(facts)
