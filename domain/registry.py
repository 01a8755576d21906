"""Which kinds of stream there are, and the stored name of every event. One place; nothing else resolves a name.

A stored name stays for ever, whatever becomes of its class: rename the class here, never the name.
"""

from typing import Any

from domain import comment, cycle, imported_fact, member, retrospective, team, workspace
from domain.goal import alignment, check_in, grade, roll_up
from domain.history import Evolve
from domain.key_result import amendment, negotiation, stretch
from domain.key_result import evolve as key_result_evolve
from domain.key_result import lifecycle as key_result_lifecycle
from domain.objective import agreement
from domain.objective import evolve as objective_evolve
from domain.objective import lifecycle as objective_lifecycle
from domain.purpose import base as purpose
from domain.purpose import mission, strategy, theme, vision

# How the streams of each kind are folded.
EVOLVE: dict[str, Evolve] = {
    "workspace": workspace.evolve,
    "member": member.evolve,
    "team": team.evolve,
    "cycle": cycle.evolve,
    "mission": mission.evolve,
    "vision": vision.evolve,
    "strategy": strategy.evolve,
    "theme": theme.evolve,
    "objective": objective_evolve.evolve,
    "key_result": key_result_evolve.evolve,
    "comment": comment.evolve,
    "retrospective": retrospective.evolve,
    "import": imported_fact.evolve,
}

# Which events the streams of each kind hold.
EVENTS: dict[str, Any] = {
    "workspace": workspace.WorkspaceEvent,
    "member": member.MemberEvent,
    "team": team.TeamEvent,
    "cycle": cycle.CycleEvent,
    "mission": mission.MissionEvent,
    "vision": vision.VisionEvent,
    "strategy": strategy.StrategyEvent,
    "theme": theme.ThemeEvent,
    "objective": objective_evolve.ObjectiveEvent,
    "key_result": key_result_evolve.KREvent,
    "comment": comment.CommentEvent,
    "retrospective": retrospective.RetrospectiveEvent,
    "import": imported_fact.FactImported,
}

TOPICS: dict[str, type] = {
    "WorkspaceOpened": workspace.WorkspaceOpened,
    "SettingsChanged": workspace.SettingsChanged,
    "MemberAdded": member.MemberAdded,
    "MemberRoleChanged": member.MemberRoleChanged,
    "MemberSuspended": member.MemberSuspended,
    "TokenIssued": member.TokenIssued,
    "TokenRevoked": member.TokenRevoked,
    "TeamFormed": team.TeamFormed,
    "TeamRenamed": team.TeamRenamed,
    "TeamMoved": team.TeamMoved,
    "TeamDissolved": team.TeamDissolved,
    "TeamJoined": team.TeamJoined,
    "TeamLeft": team.TeamLeft,
    "TeamLeadNamed": team.TeamLeadNamed,
    "CyclePlanned": cycle.CyclePlanned,
    "CycleDated": cycle.CycleDated,
    "CycleActivated": cycle.CycleActivated,
    "CycleGradingStarted": cycle.CycleGradingStarted,
    "CycleClosed": cycle.CycleClosed,
    "CycleReopened": cycle.CycleReopened,
    "PurposeAligned": purpose.PurposeAligned,
    "PurposeReassigned": purpose.PurposeReassigned,
    "MissionDrafted": mission.MissionDrafted,
    "MissionAdopted": mission.MissionAdopted,
    "MissionRevised": mission.MissionRevised,
    "MissionReaffirmed": mission.MissionReaffirmed,
    "MissionRetired": mission.MissionRetired,
    "VisionStated": vision.VisionStated,
    "VisionRevised": vision.VisionRevised,
    "VisionRetired": vision.VisionRetired,
    "StrategyStated": strategy.StrategyStated,
    "StrategyRevised": strategy.StrategyRevised,
    "StrategyRetired": strategy.StrategyRetired,
    "ThemeSet": theme.ThemeSet,
    "ThemeReworded": theme.ThemeReworded,
    "ThemeRetired": theme.ThemeRetired,
    "ThemeChampionNamed": theme.ThemeChampionNamed,
    "GoalRescheduled": alignment.GoalRescheduled,
    "RollUpChosen": roll_up.RollUpChosen,
    "ChildrenWeighted": roll_up.ChildrenWeighted,
    "ObjectiveProposed": agreement.ObjectiveProposed,
    "ObjectiveAgreed": agreement.ObjectiveAgreed,
    "ObjectiveWithdrawn": agreement.ObjectiveWithdrawn,
    "ObjectiveReworded": agreement.ObjectiveReworded,
    "ObjectiveAligned": objective_lifecycle.ObjectiveAligned,
    "ObjectiveUnaligned": objective_lifecycle.ObjectiveUnaligned,
    "ObjectiveReassigned": objective_lifecycle.ObjectiveReassigned,
    "ObjectiveDropped": objective_lifecycle.ObjectiveDropped,
    "ObjectiveReinstated": objective_lifecycle.ObjectiveReinstated,
    "KRProposed": negotiation.KRProposed,
    "KRCountered": negotiation.KRCountered,
    "KRCommitted": negotiation.KRCommitted,
    "KRDeclined": negotiation.KRDeclined,
    "KRWithdrawn": negotiation.KRWithdrawn,
    "KRStretchOffered": stretch.KRStretchOffered,
    "KRStretchCountered": stretch.KRStretchCountered,
    "KRStretchAgreed": stretch.KRStretchAgreed,
    "KRStretchDeclined": stretch.KRStretchDeclined,
    "KRAmendmentProposed": amendment.KRAmendmentProposed,
    "KRAmended": amendment.KRAmended,
    "KRAmendmentRefused": amendment.KRAmendmentRefused,
    "KRMoved": key_result_lifecycle.KRMoved,
    "KRReassigned": key_result_lifecycle.KRReassigned,
    "KRDropped": key_result_lifecycle.KRDropped,
    "KRReinstated": key_result_lifecycle.KRReinstated,
    "CheckedIn": check_in.CheckedIn,
    "CheckInCorrected": check_in.CheckInCorrected,
    "ConfidenceUpdated": check_in.ConfidenceUpdated,
    "ObjectiveCheckedIn": check_in.ObjectiveCheckedIn,
    "ObjectiveCheckInCorrected": check_in.ObjectiveCheckInCorrected,
    "KRGraded": grade.KRGraded,
    "ObjectiveGraded": grade.ObjectiveGraded,
    "Commented": comment.Commented,
    "CommentWithdrawn": comment.CommentWithdrawn,
    "RetrospectiveOpened": retrospective.RetrospectiveOpened,
    "LearningRecorded": retrospective.LearningRecorded,
    "LearningWithdrawn": retrospective.LearningWithdrawn,
    "ActionAgreed": retrospective.ActionAgreed,
    "ActionDone": retrospective.ActionDone,
    "RetrospectiveConcluded": retrospective.RetrospectiveConcluded,
    "FactImported": imported_fact.FactImported,
}

NAMES: dict[type, str] = {event: name for name, event in TOPICS.items()}

# The version in which an event is written today; 1 where it is not named. An older one has upcasters in contracts.
VERSIONS: dict[str, int] = {}
