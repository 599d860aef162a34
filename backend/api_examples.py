"""One example of every body that phones and staff send, for the OpenAPI document. All people are made up."""

from typing import Any

_FRACTURE = {"occurred": "2026-11-20T14:30", "sites": [{"bone": "femur", "side": "left"}], "pain": 6}
_ITEM = {"id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77", "kind": "fracture", "client_seq": 17, "data": _FRACTURE}
_PASSWORD = "seven quiet weeks in a row"  # noqa: S105 - nobody's

BODY_EXAMPLES: dict[str, Any] = {
    # accounts
    "Credentials": {"email": "mia@example.org", "password": _PASSWORD, "device_name": "Mia's phone",
                    "app_version": "1.2.0"},
    "PasswordChange": {"current": _PASSWORD, "new": "eight loud weeks in another row"},
    "StepUp": {"password": _PASSWORD, "code": "492039"},
    "RoleGiven": {"role": "investigator", "site": "SE01"},
    "Refresh": {"refresh_token": "01932f6e8a007c4e9d115b1f0c3a2e77.4.an-opaque-text-of-this-server"},
    "AccountChange": {"language": "sv", "timezone": "Europe/Stockholm"},
    "NewStaff": {"email": "nora@hospital.example", "display_name": "Nora",
                 "roles": [{"role": "coordinator", "site": "SE01"}]},
    "FirstSignIn": {"token": "what-stands-behind-the-hash-of-the-link", "password": _PASSWORD},
    "EmailProof": {"token": "what-stands-behind-the-hash-of-the-link"},
    "EmailChange": {"email": "mia.new@example.org"},
    "ResetRequest": {"email": "mia@example.org"},
    "NewPassword": {"token": "what-stands-behind-the-hash-of-the-link", "password": _PASSWORD},
    # participants
    "NewParticipant": {"code": "SE01-003", "arm": "postnatal", "birth_month": "2024-05", "gestational_weeks": 38,
                       "gestational_days": 2},
    "NewLinkingCode": {"relation": "mother", "role": "guardian"},
    "Redemption": {"code": "7KXM-2PQW-HT4C", "email": "mia@example.org", "password": _PASSWORD,
                   "display_name": "Mia", "language": "sv", "timezone": "Europe/Stockholm"},
    "OwnRedemption": {"code": "7KXM-2PQW-HT4C"},
    "ParticipantChange": {"custodians": ["mother", "father"]},
    "Birth": {"birth_month": "2026-11", "gestational_weeks": 38, "gestational_days": 2},
    "NewInvitation": {"relation": "grandparent", "role": "carer", "capabilities": ["log"],
                      "ends_at": "2027-06-30T22:00:00Z"},
    "GuardianshipLimit": {"capabilities": ["log"], "ends_at": "2027-06-30T22:00:00Z"},
    "GuardianshipLock": {"reason": "court_order"},
    "GuardianshipUnlock": {"reason": "order_over"},
    "NoteWrite": {"text": "Ask about the new splint next time.",
                  "entry_id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77"},
    "NewStatus": {"state": "in_hospital", "effective_on": "2026-11-20", "reason": "planned_surgery"},
    "NewWithdrawal": {"reason": "family_wish"},
    "NewTransfer": {"site": "GB01", "effective_on": "2026-11-20", "reason": "moved"},
    # consent
    "NewConsentDocument": {
        "code": "guardian-information", "version": "2.0", "audience": "custodian", "language": "en", "site": "GB01",
        "title": "Information for parents", "body": "# What we ask of you\n\n…",
        "valid_from": "2026-12-01T00:00:00Z", "required_from": "2027-01-01T00:00:00Z"},
    "Signing": {"document_id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77", "body_hash": "0" * 64, "decision": "given"},
    "PaperSignature": {"document_id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77", "relation": "father",
                       "decision": "given", "signed_at": "2026-11-18T10:00:00+01:00"},
    # diary
    "EntryWrite": {"kind": "fracture", "data": _FRACTURE, "timezone": "Europe/Stockholm"},
    "OnBehalf": {"kind": "fracture", "data": _FRACTURE, "source": "site_interview", "relation": "grandparent",
                 "told_at": "2026-11-21T09:10:00+01:00"},
    "PushItem": _ITEM,
    "PushBatch": {"replica_id": "5f0c1d8e-3b52-4f0e-9a55-0d7f1f6f2a10", "schema": 1, "items": [_ITEM]},
    "Dismissal": {"reason": "Entered again by the family on the phone"},
    # review
    "Assignment": {"assignee_id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77"},
    "QueryQuestion": {"field": "/imaging", "question": "Was an X-ray taken?", "due_on": "2026-12-04"},
    "Reply": {"text": "Yes, on the same evening."},
    "Rejection": {"reason": "test_entry"},
    "Reopening": {"reason": "The X-ray has been read anew"},
    "DuplicateLink": {"duplicate_of": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77", "reason": "told_by_another"},
    "Unlinking": {"reason": "another_event"},
    "ToldApart": {"other_id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77", "other_version": 1},
    "Comparison": {"other_id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77", "said": "same"},
    # safety
    "Acknowledgement": {"entry_version": 2},
    "AssessmentNote": {"entry_version": 2, "assessment": "not_serious", "note": "One night, as planned before"},
    "CaseReason": {"reason": "Nothing is left to do"},
    "NewShift": {"site": "SE01", "account_id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77",
                 "starts_at": "2026-11-20T16:00:00Z", "ends_at": "2026-11-23T07:00:00Z", "phone": "+46 70 174 06 05"},
    # adherence
    "NewContact": {"way": "phone", "reached": True, "note": "Will answer on Sunday"},
    "WorkItemEnd": {"closing": "reached"},
    # adjudication
    "NewJudgement": {"site_index": 0, "status": "confirmed_radiographic", "evidence": ["radiograph"],
                     "place": {"bone": "femur", "side": "left", "segment": "shaft"}, "ao_code": "32-D/4.1"},
    # reach
    "PhoneChange": {"phone": "+46 70 174 06 05"},
    "PhoneProof": {"code": "492039"},
    # the installation
    "ClockMove": {"advance": "P3D"},
    # visits and inbox
    "VisitPlan": {"first_dose_on": "2026-02-10"},
    "Agreement": {"at": "2026-05-20T09:30:00", "bring": ["earlier_images", "medicine_list"]},
    "NewVisit": {"at": "2026-05-20T09:30:00", "bring": ["discharge_letters"]},
    "Cancellation": {"reason": "family_asked"},
    "AnchorDayNote": {"on_day": "2026-04-02"},
    "Attendance": {"attended_on": "2026-05-20"},
    "DoseNote": {"given_on": "2026-02-10", "route": "intravenous"},
    "PreferencesChange": {"push_on": True, "email_on": True, "by_kind": {"check_in_due": ["push"]}, "quiet_from": 20,
                          "quiet_until": 8, "hour": 18, "weekday": 7, "away_from": "2026-12-21",
                          "away_until": "2027-01-06"},
    "DeviceWrite": {"service": "fcm", "token": "cZ3pJ0aQ9w0:APA91bF4made-up-and-as-long-as-a-token-of-Firebase-is"},
    "SnoozeWish": {"until": "this_evening"},
    "ReceiptNote": {"channel": "push", "event": "opened"},
    "NewCalendarFeed": {"shows_details": True},
}
