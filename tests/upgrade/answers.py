"""All that a server answers about a workspace, at given moments: to be compared with another server's.

Every value is compared as it is written, digit by digit; only the order of an object's members, which JSON gives no
meaning, is not. An answer is compared without what cannot be equal: how old the read models are, the request id of a
problem, a cursor; and where the question names no moment, what follows from the clock.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode

import httpx

from tests.json_types import Json
from tests.server import PATIENCE_SECONDS
from tests.upgrade.moments import Moment

PAGE = 200
ASKERS = 4
LISTS = (
    "members",
    "teams",
    "cycles",
    "missions",
    "visions",
    "strategies",
    "themes",
    "objectives",
    "key-results",
    "retrospectives",
    "comments",
)
VIEWS = {
    "member": ("members/{}",),
    "team": ("teams/{}",),
    "cycle": ("cycles/{}",),
    "mission": ("missions/{}",),
    "vision": ("visions/{}",),
    "strategy": ("strategies/{}",),
    "theme": ("themes/{}",),
    "objective": ("objectives/{}", "objectives/{}/timeline"),
    "key_result": ("key-results/{}", "key-results/{}/timeline", "key-results/{}/negotiation"),
    "retrospective": ("retrospectives/{}",),
}
EVER_DIFFERENT = re.compile(r'("(?:instance|next)":)"[^"]*"|("age_ms":)\d+')
LEFT_OUT = re.compile(r'((?<!\\)":)…')
BY_THE_CLOCK = re.compile(r'("(?:as_of|expected_progress|health)":)(?:"[^"]*"|null)')

Answers = dict[str, list[str]]  # By question, which is an address in the workspace: the status, then each page.


def await_all(client: httpx.Client, workspace_id: str) -> None:
    """Until the server's read models hold all that was recorded of the workspace."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = client.get(f"/v1/workspaces/{workspace_id}/settings")
        if answer.is_success and answer.json()["age_ms"] == 0:
            return
    raise AssertionError(f"what was recorded is not shown: {answer.text}")


def feed_of(client: httpx.Client, workspace_id: str) -> list[Json]:
    """Every event of the workspace."""
    events: list[Json] = []
    following: int | None = 0
    while following is not None:
        query = {"after": following, "limit": PAGE}
        page = client.get(f"/v1/workspaces/{workspace_id}/events", params=query).raise_for_status().json()
        events, following = events + page["events"], page["next"]
    return events


def questions_of(feed: Sequence[Json], moments: Sequence[Moment]) -> list[str]:
    """Every address of the workspace at every moment, then at none; and the feed."""
    streams: dict[str, list[str]] = {}
    for event in feed:
        ids = streams.setdefault(event["stream_kind"], [])
        if event["aggregate_id"] not in ids:
            ids.append(event["aggregate_id"])
    addresses = [
        "settings?",
        *(f"{each}?limit={PAGE}" for each in LISTS),
        *_trees(streams),
        *(f"{view.format(id)}?" for kind, views in VIEWS.items() for id in streams.get(kind, ()) for view in views),
        *sorted({f"comments?about={event['data']['about_id']}" for event in feed if event["type"] == "Commented"}),
    ]
    at_moments = [f"{address}&{urlencode(moment)}" for moment in moments for address in addresses]
    return [*at_moments, *(a for a in addresses if "current" not in a), f"events?limit={PAGE}"]


def _trees(streams: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield from ("alignment-tree?", "alignment-tree?include=dropped", "alignment-tree?depth=1")
    yield "alignment-tree?cycle=current"
    for name, kind in {"root": "objective", "cycle": "cycle", "team": "team", "owner": "member"}.items():
        yield from (f"alignment-tree?{name}={id}" for id in streams.get(kind, ())[:2])


def answers_to(questions: Sequence[str], client: httpx.Client, workspace_id: str) -> Answers:
    """Asked by a few at once, which is faster."""

    def answer(question: str) -> list[str]:
        return [*pages_of(client, f"/v1/workspaces/{workspace_id}/{question}")]

    with ThreadPoolExecutor(ASKERS) as askers:
        return dict(zip(questions, askers.map(answer, questions), strict=True))


def pages_of(client: httpx.Client, question: str) -> Iterator[str]:
    """The status, and all pages without what differs each time."""
    at_a_moment = "as_of=" in question or "known_" in question
    following = question
    while following:
        answer = client.get(following)
        if following == question:
            yield str(answer.status_code)
        text = EVER_DIFFERENT.sub(r"\1\2…", answer.text)
        yield text if at_a_moment else BY_THE_CLOCK.sub(r"\1…", text)
        more = answer.json().get("next")
        name = "after" if isinstance(more, int) else "cursor"
        following = f"{question}&{name}={quote(str(more))}" if more is not None else ""


def digest_of_stream(client: httpx.Client, workspace_id: str, count: int) -> str:
    """Of the first messages of the workspace's server-sent events, their ids and what they say."""
    digest = hashlib.sha256()
    with client.stream("GET", f"/v1/workspaces/{workspace_id}/stream") as answer:
        message: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(":")
                message[name] = value.removeprefix(" ")
            elif "data" in message:
                digest.update(f"{message['id']} {message['data']}\n".encode())
                message, count = {}, count - 1
            if count == 0:
                return digest.hexdigest()
    raise AssertionError(f"the stream ended {count} messages early")


def differences(before: Answers, after: Answers) -> list[str]:
    """A line for each question that is answered otherwise: where the answers part, and how each goes on."""
    found = []
    for question in before:
        old, new = (" ".join(map(_with_members_in_order, answers[question])) for answers in (before, after))
        if old != new:
            parting = _parting(old, new)
            found.append(f"{question}\n  before: …{parting[0]}\n  after:  …{parting[1]}")
    return found


def _with_members_in_order(page: str) -> str:
    """The same JSON, each object's members by their names; numbers stay as they are written."""
    whole = LEFT_OUT.sub(r'\1"…"', page)
    return json.dumps(json.loads(whole, parse_float=str), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _parting(old: str, new: str) -> tuple[str, str]:
    at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return old[max(at - 60, 0) : at + 100], new[max(at - 60, 0) : at + 100]
