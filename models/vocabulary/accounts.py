"""How one signs in and what is mailed about an account."""

from enum import StrEnum


class LinkPurpose(StrEnum):
    VERIFY_EMAIL = "verify_email"
    CHANGE_EMAIL = "change_email"
    RESET_PASSWORD = "reset_password"


class MailKind(StrEnum):
    """Mails about an account itself."""

    VERIFY_EMAIL = "verify_email"
    CHANGE_EMAIL = "change_email"
    EMAIL_CHANGED = "email_changed"
    """To the old address."""
    RESET_PASSWORD = "reset_password"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_EXPOSED = "password_exposed"
    """Somebody else gives the right password and no right code."""
    NEW_DEVICE = "new_device"
    ACCESS_ENDED = "access_ended"
    """Somebody else ended what this account had in one diary."""
    STAFF_PAGE_WAITS = "staff_page_waits"
    """Something waits for a person in the staff page."""


class SessionKind(StrEnum):
    APP = "app"
    BROWSER = "browser"
