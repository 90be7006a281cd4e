"""The database: reports, their works, where the works are, how far they are, the places of the gazetteer, the people
who may see and change them, and what these did.

Every geometry is EPSG:4326 (WGS 84), longitude first. Histories (locations, statuses) are append-only rows of which
one a work is current; the database holds these rules, not only Python.
"""

from geodata.models.accounts import AccessKey, Account, AuditEntry, Purpose, Role
from geodata.models.base import SRID, Base, word_list
from geodata.models.inspections import Decision, Finding, Inspection, Photo, PhotoPart, RefusedCheck
from geodata.models.links import Relation, WorkLink
from geodata.models.places import GazetteerPlace, GazetteerSource, PlaceName
from geodata.models.returns import ReturnedFile
from geodata.models.reviews import Action, Correction, Draft
from geodata.models.summaries import WEB_MERCATOR, DeletedWork, WorkSummary, WorksVersion
from geodata.models.works import Location, Report, ReportKind, StatusChange, Work

__all__ = [
    "SRID",
    "WEB_MERCATOR",
    "AccessKey",
    "Account",
    "Action",
    "AuditEntry",
    "Base",
    "Correction",
    "Decision",
    "DeletedWork",
    "Draft",
    "Finding",
    "GazetteerPlace",
    "GazetteerSource",
    "Inspection",
    "Location",
    "Photo",
    "PhotoPart",
    "PlaceName",
    "Purpose",
    "RefusedCheck",
    "Relation",
    "Report",
    "ReportKind",
    "ReturnedFile",
    "Role",
    "StatusChange",
    "Work",
    "WorkLink",
    "WorkSummary",
    "WorksVersion",
    "word_list",
]
