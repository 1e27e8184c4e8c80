"""Who may act, by role. One person may hold several roles; separation of duties is by person, not by role."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is in one act."""

    PROGRAMME_MANAGER = "programme-manager"
    INSPECTOR = "inspector"
    MODERATOR = "moderator"
    HMI = "hmi"
    PRESS_OFFICER = "press-officer"
    FORCE_LIAISON = "force-liaison"
    OPERATIONS = "operations"
    MANAGEMENT = "management"
    ADMIN = "admin"
    SERVICE = "service"
    """The stages themselves. A service records; it never submits or approves."""
