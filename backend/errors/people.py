"""Refusals about who somebody is and what they may: 401, 403, 410, 422, 429."""

from backend.errors.refusal import StudyError


class NotSignedIn(StudyError):
    """No usable token. Refresh it; if that fails, keep the outbox and ask the person to sign in."""

    status, code, title = 401, "not_signed_in", "Please sign in"


class SignInFailed(StudyError):
    """Same words for an unknown account, a wrong password and a wrong code."""

    status, code, title = 401, "sign_in.failed", "E-mail, password or code is not right"


class TotpRequired(StudyError):
    """The password was right; staff also send their authenticator's code."""

    status, code, title = 401, "sign_in.code_required", "Please enter the code of your authenticator"


class RefreshRefused(StudyError):
    """The refresh token is unknown, over or ended. Keep the outbox and ask the person to sign in."""

    status, code, title = 401, "refresh_token.refused", "Please sign in again"


class RefreshSuperseded(StudyError):
    """A repeat replaced this unused token. The previous token still works: try that one."""

    status, code, title = 401, "refresh_token.superseded", "A newer token was issued"


class RoleMayNot(StudyError):
    """No role of this account allows the action, anywhere."""

    status, code, title = 403, "role.may_not", "Your role does not allow this"


class StepUpRequired(StudyError):
    """Prove once more who you are (`POST /api/v1/me/step-up`), then send the same request again."""

    status, code, title = 403, "step_up.required", "Please enter your password once more"


class CapabilityEscalation(StudyError):
    """More than the role can have, than you have yourself, or than was given; `beyond` names it."""

    status, code, title = 403, "capability.escalation", "This is more than may be given"


class CourtOrder(StudyError):
    """Only the site's staff decide at present who speaks for this participant."""

    status, code, title = 403, "guardianship.court_order", "Please ask the site: invitations are decided there"


class InvitationRefused(StudyError):
    """You issued this code yourself, or you speak for this participant already. It stays good for another person."""

    status, code, title = 409, "invitation.not_for_you", "This invitation is for somebody else; please pass it on"


class EmailUnverified(StudyError):
    """The password was right, but nobody has opened the link mailed to this address yet. A fresh one is on its way."""

    status, code, title = 403, "email.unverified", "Please open the link in the mail we sent you, then sign in"


class PasswordExposed(StudyError):
    """The password was right, but too many wrong codes came with it: replace it (`POST /api/v1/password-resets`)."""

    status, code, title = 403, "password.exposed", "Somebody else knows your password; please choose a new one"


class OwnAccount(StudyError):
    """Nobody disables their own account or gives themself a role: ask another administrator."""

    status, code, title = 409, "staff.own_account", "Another administrator has to do this"


class LastAdministrator(StudyError):
    """Nobody would be left to administer the study. Give the role to somebody else first."""

    status, code, title = 409, "staff.last_administrator", "The study needs an administrator"


class ForeignPage(StudyError):
    """A browser request that changes something did not come from our own page (CSRF protection)."""

    status, code, title = 403, "browser.foreign_page", "This request did not come from our page"


class LinkingCodeRefused(StudyError):
    """Same words for wrong, used, revoked and expired codes. Ask the site for a new one."""

    status, code, title = 410, "linking_code.refused", "This code can't be used"


class LinkRefused(StudyError):
    """The one-time link was used, replaced or is over. Ask for a new one where the first came from."""

    status, code, title = 410, "link.refused", "This link can't be used any more"


class WeakPassword(StudyError):
    """At least 15 characters and not a common one; no other rules (NIST SP 800-63B-4)."""

    status, code, title = 422, "password.weak", "Please choose a longer, less common password"


class TooManyAttempts(StudyError):
    """Wait as long as Retry-After says."""

    status, code, title = 429, "too_many_attempts", "Too many attempts; please wait"

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.headers = {"Retry-After": str(seconds)}


class NoAppAccount(StudyError):
    """Participants of this arm come from records (import, chart review): nobody uses the app for them."""

    status, code, title = 409, "participant.from_records", "This participant comes from records and has no app account"


class SmsNotSet(StudyError):
    """This installation has no SMS provider: don't ask for a number."""

    status, code, title = 409, "sms.not_set", "This study sends no SMS"


class PhoneCodeRefused(StudyError):
    """Same words for a wrong code, one that is over, and after five tries. Ask for a new one."""

    status, code, title = 410, "phone_code.refused", "This code can't be used"
