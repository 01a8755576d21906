"""Every refusal. The docstring states the rule and is the problem's title; the message says what stood against it."""


class Refusal(Exception):
    """The rules say no."""


# What was asked for does not exist, or not for this member.
class NotFound(Refusal):
    """There is nothing of that kind with this id in the workspace."""


class Forbidden(Refusal):
    """The member's role does not allow this."""


class Suspended(Refusal):
    """A suspended member may do nothing."""


# What was said cannot be so.
class Invalid(Refusal):
    """A value is not possible here."""


class FlatTarget(Refusal):
    """Baseline and target of a change must differ: use a range, or a count such as "n of 12 weeks"."""


class InTheFuture(Refusal):
    """A fact cannot be true later than now."""


class BeforeTheGoal(Refusal):
    """Nothing can be said of a goal for a time before its own first moment."""


class ReasonRequired(Refusal):
    """This must have a reason, because it will be asked for."""


class NotEmpty(Refusal):
    """Events are imported only into a workspace that holds its own opening and earlier lines of the file, no more."""


# Negotiation.
class NoOwner(Refusal):
    """A goal without an owner cannot be negotiated: reassign it first."""


class NotAParty(Refusal):
    """Only the owner and the partner of a goal take part in its negotiation."""


class NotYourTurn(Refusal):
    """Only the party who did not make the standing offer may answer it, and only its maker may withdraw it."""


class NotOpen(Refusal):
    """There is no open offer of this kind to answer."""


class AlreadyOpen(Refusal):
    """One offer at a time: the open one must be answered first."""


class AlreadyCommitted(Refusal):
    """What is committed changes only by an amendment."""


class NotCommitted(Refusal):
    """This is possible only once the key result is committed."""


class TypeIsFixed(Refusal):
    """The type of a measure does not change after the first check-in, except from baseline."""


class NotAStretch(Refusal):
    """A stretch lies beyond the target in the direction of travel, of a change with baseline and target."""


# Lifecycle.
class NotLive(Refusal):
    """The goal's state does not allow this."""


class AlreadyExists(Refusal):
    """There is one of this kind with this name or id already."""


class CheckInReplaced(Refusal):
    """A check-in that has been corrected is corrected no more: correct the one that replaced it."""


class Loop(Refusal):
    """A goal or team cannot stand below itself, at any moment."""


class PeriodsApart(Refusal):
    """The periods of two aligned goals must overlap."""


class WrongKind(Refusal):
    """A goal of this kind cannot stand there."""


# Members and teams.
class OwnMembership(Refusal):
    """Nobody changes their own role or suspends themselves, so that an owner always remains."""


class OwnersOnly(Refusal):
    """Only an owner makes, changes or suspends an owner, or makes a token for one."""


class NoLogin(Refusal):
    """A placeholder has no login, and so no token."""


class DissolvedTeam(Refusal):
    """A dissolved team takes no more acts."""


# Cycles.
class WrongPhase(Refusal):
    """The state of the cycle does not allow this: it goes from planning to active, to grading, to closed."""


class ClosedCycle(Refusal):
    """The cycle is closed. An admin or owner may reopen it, with a reason."""


# Comments and retrospectives.
class NotTheAuthor(Refusal):
    """What was said is withdrawn only by its author, or by an admin or owner."""


class Concluded(Refusal):
    """A concluded retrospective takes no more learnings and actions."""
