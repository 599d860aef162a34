"""The page behind a mail's unsubscribe link: one question, one button; no script, nothing to load, nothing clinical."""

from dataclasses import dataclass
from html import escape

from notifications.words.languages import language_for


@dataclass(frozen=True)
class Words:
    question: str
    button: str
    done: str
    back: str


WORDS = {
    "en": Words("Do you want no more reminders by e-mail?", "No more reminders by e-mail",
                "You get no more reminders by e-mail.", "You can turn them on again in the app, under Settings."),
    "sv": Words("Vill du inte längre få påminnelser med e-post?", "Inga fler påminnelser med e-post",
                "Du får inga fler påminnelser med e-post.", "Du kan slå på dem igen i appen, under Inställningar."),
    "de": Words("Möchten Sie keine Erinnerungen mehr per E-Mail erhalten?", "Keine Erinnerungen mehr per E-Mail",
                "Sie erhalten keine Erinnerungen mehr per E-Mail.",
                "Sie können sie in der App unter Einstellungen wieder einschalten."),
    "nl": Words("Wilt u geen herinneringen meer per e-mail ontvangen?", "Geen herinneringen meer per e-mail",
                "U ontvangt geen herinneringen meer per e-mail.",
                "U kunt ze in de app onder Instellingen weer aanzetten."),
}
_FORM = """<p>{question}</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>{button}</button></form>"""
_DONE = "<p>{done}</p>\n<p>{back}</p>"
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{app}</title></head>
<body><main><h1>{app}</h1>
{content}
</main></body></html>
"""


def question_page(language: str, app_name: str) -> str:
    """Mail scanners open links, so looking at it changes nothing."""
    return _page(_FORM, language, app_name)


def done_page(language: str, app_name: str) -> str:
    return _page(_DONE, language, app_name)


def _page(form: str, language: str, app_name: str) -> str:
    found = language_for(language)
    words = {name: escape(text) for name, text in vars(WORDS[found]).items()}
    return _PAGE.format(language=found, app=escape(app_name), content=form.format(**words))
