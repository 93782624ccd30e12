from planning.models.api import ApiToken, IdempotentRequest
from planning.models.change_requests import ChangeRequest
from planning.models.comparisons import Comparison, ComparisonCell, ComparisonWeek, CriterionWeights
from planning.models.explanations import Explanation
from planning.models.imports import ColumnMapping
from planning.models.inbox import InboxVisit
from planning.models.interventions import Intervention
from planning.models.journal import JournalEntry, PlanStep
from planning.models.notices import CalendarFeed, Notice
from planning.models.people import Absence, Surgeon, SurgeonAvailability, SurgeonPreference, User
from planning.models.plans import Placement, Plan
from planning.models.reads import PatientRead
from planning.models.releases import ReleaseRule, SlotRelease
from planning.models.runs import PlanningRun, WorkerPulse
from planning.models.sign_offs import SignOff
from planning.models.site import ParameterVersion, Site
from planning.models.slots import EditedRoomDay, MasterPlan, MasterPlanStep, Slot, SlotPattern
from planning.models.theatre import Equipment, Room, RoomClosure, Specialty

__all__ = [
    "Absence",
    "ApiToken",
    "CalendarFeed",
    "ChangeRequest",
    "ColumnMapping",
    "Comparison",
    "ComparisonCell",
    "ComparisonWeek",
    "CriterionWeights",
    "EditedRoomDay",
    "Equipment",
    "Explanation",
    "IdempotentRequest",
    "InboxVisit",
    "Intervention",
    "JournalEntry",
    "MasterPlan",
    "MasterPlanStep",
    "Notice",
    "ParameterVersion",
    "PatientRead",
    "Placement",
    "Plan",
    "PlanStep",
    "PlanningRun",
    "ReleaseRule",
    "Room",
    "RoomClosure",
    "SignOff",
    "Site",
    "Slot",
    "SlotPattern",
    "SlotRelease",
    "Specialty",
    "Surgeon",
    "SurgeonAvailability",
    "SurgeonPreference",
    "User",
    "WorkerPulse",
]
