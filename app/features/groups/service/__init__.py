"""The groups room's commands and reads: groups with their members, and their sessions."""

from app.features.groups.model.session import Named
from app.features.groups.service.groups import GroupSheet, GroupsRoom
from app.features.groups.service.sessions import (
    OpenGroupSession,
    Planned,
    SessionSheet,
    SessionsOfGroups,
)

__all__ = [
    "GroupSheet",
    "GroupsRoom",
    "GroupsService",
    "Named",
    "OpenGroupSession",
    "Planned",
    "SessionSheet",
]


class GroupsService(GroupsRoom, SessionsOfGroups):
    """Groups from the first name on the list to the last session's notes."""
