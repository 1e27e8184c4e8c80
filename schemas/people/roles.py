"""The roles of people. One person may hold several; separation of duties is by person, not by role."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The capacity in which a person acts."""

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
    """The stages themselves, which record but never submit or approve."""
