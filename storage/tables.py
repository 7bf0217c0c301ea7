"""All tables, so that one import knows the whole schema."""

from storage.alike import AlikeRow
from storage.audit import AuditRow, AuditSeal, JobRun, TaskRow
from storage.bulk import BulkCaseRow, BulkRow
from storage.cards import CardRow
from storage.case import CaseRow, EventRow, NumberRow, PartyRow
from storage.clock import ClockRow
from storage.contact import ContactRow
from storage.joint import CallRow, PartRow
from storage.limits import SentCountRow
from storage.message import AttachmentRow, MessageRow
from storage.orders import OrderRow
from storage.outbox import OutboxRow
from storage.panels import PanelRow
from storage.pending import PendingRow
from storage.platform import FactRow, TokenRow
from storage.reach import DeliveryRow
from storage.rhythm import RhythmRow
from storage.text_keys import TextKey
from storage.told_answers import ToldAnswerRow
from storage.town import CalendarDay, TownEntry, TownState
from storage.villager import VillagerRow

__all__ = [
    "AlikeRow",
    "AttachmentRow",
    "AuditRow",
    "AuditSeal",
    "BulkCaseRow",
    "BulkRow",
    "CalendarDay",
    "CallRow",
    "CardRow",
    "CaseRow",
    "ClockRow",
    "ContactRow",
    "DeliveryRow",
    "EventRow",
    "FactRow",
    "JobRun",
    "MessageRow",
    "NumberRow",
    "OrderRow",
    "OutboxRow",
    "PanelRow",
    "PartRow",
    "PartyRow",
    "PendingRow",
    "RhythmRow",
    "SentCountRow",
    "TaskRow",
    "TextKey",
    "TokenRow",
    "ToldAnswerRow",
    "TownEntry",
    "TownState",
    "VillagerRow",
]
