"""All tables, so that one import knows the whole schema."""

from storage.audit import AuditRow, AuditSeal, JobRun, TaskRow
from storage.case import CaseRow, EventRow, NumberRow, PartyRow
from storage.clock import ClockRow
from storage.message import AttachmentRow, MessageRow
from storage.outbox import OutboxRow
from storage.pending import PendingRow
from storage.town import CalendarDay, TownEntry, TownState
from storage.villager import VillagerRow

__all__ = [
    "AttachmentRow",
    "AuditRow",
    "AuditSeal",
    "CalendarDay",
    "CaseRow",
    "ClockRow",
    "EventRow",
    "JobRun",
    "MessageRow",
    "NumberRow",
    "OutboxRow",
    "PartyRow",
    "PendingRow",
    "TaskRow",
    "TownEntry",
    "TownState",
    "VillagerRow",
]
