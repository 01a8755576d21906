"""Comments: said about something, and taken back."""

from datetime import timedelta
from uuid import UUID

from domain.comment import Commented, CommentEvent, CommentWithdrawn, PostedComment, evolve, post, withdraw
from domain.errors import NotTheAuthor
from domain.history import At, Fact, History
from tests.domain import scenario as spec
from tests.domain.scenario import ANA, BO, NOON, beginning, words

Decision = spec.Decision[PostedComment, CommentEvent]
scenario = spec.Specification(evolve).scenario

COMMENT, GOAL, OFFER = (UUID(int=n) for n in range(1, 4))
SAID = Commented(about_kind="offer", about_id=OFFER, goal_id=GOAL, author_id=ANA, text=words("Too much"))
WITHDRAWN = CommentWithdrawn(withdraws=COMMENT)


def back(by: UUID, *, by_admin: bool = False) -> Decision:
    return lambda comment: withdraw(comment, comment_id=COMMENT, by=by, by_admin=by_admin)


def test_somebody_says_something_about_an_offer() -> None:
    beginning(
        when=lambda: post(by=ANA, about_kind="offer", about_id=OFFER, goal_id=GOAL, text="Too much"),
        then=[SAID],
    )


def test_the_author_withdraws_it_and_so_does_an_admin() -> None:
    scenario(given=[SAID], when=back(ANA), then=[WITHDRAWN])
    scenario(given=[SAID], when=back(BO, by_admin=True), then=[WITHDRAWN])


def test_nobody_else_withdraws_it() -> None:
    scenario(given=[SAID], when=back(BO), then=NotTheAuthor)
    imported = Commented(about_kind="workspace", about_id=GOAL, text=words("From a file"))
    scenario(given=[imported], when=back(BO), then=NotTheAuthor)


def test_it_is_withdrawn_once() -> None:
    scenario(given=[SAID, WITHDRAWN], when=back(ANA), then=[])


def test_once_withdrawn_the_text_is_gone_at_every_moment_and_the_fact_stays() -> None:
    facts = [Fact[CommentEvent](SAID, At(NOON, 1)), Fact[CommentEvent](WITHDRAWN, At(NOON + timedelta(days=9), 7))]
    history = History.of(evolve, facts)
    assert history.state is not None
    assert (history.state.text, history.state.about_id) == (None, OFFER)
    assert history.last == At(NOON + timedelta(days=9), 7)
