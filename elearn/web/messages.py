"""Codes to sentences in the reader's language. Every code that a deed can raise towards a person has its sentence here."""

from collections.abc import Iterable, Mapping
from typing import Final

from elearn.course import check_codes, problems
from elearn.errors import Problem
from elearn.web.i18n import gettext


def _(message: str) -> str:
    """Mark a sentence for extraction; it is translated when it is shown."""
    return message


#: What to do next, said plainly. Problems of courses have their sentences beside the checks that find them.
SENTENCES: Final[Mapping[str, str]] = {
    "no-attempts-left": _("All tries at this quiz are used up. Your best result counts."),
    "attempt-open": _("You have already begun this quiz. Go on where you were."),
    "attempt-closed": _("This attempt was already handed in, so nothing was changed. Your earlier answers are kept."),
    "attempt-over": _("This attempt was already handed in, so nothing was changed. Your earlier answers are kept."),
    "time-over": _("The time was over, so this last answer could not be taken. All answers saved before count."),
    "no-tries-left": _("You have used all tries at this question. Read the feedback and go on."),
    "nothing-answered": _("Choose or write an answer first."),
    "answer-unusable": _("This answer could not be read. Please look at it again."),
    "unknown-choice": _("This choice is not on the list any more. Please choose again."),
    "repeated-place": _("Two items have the same place. Give each its own."),
    "not-a-number": _("Please write a number, for example 12 or 3.5."),
    "too-long": _("This text is too long. Please keep it under %(limit)s characters."),
    "handle-length": _("A handle has %(minimum)s to %(maximum)s characters. Please make yours longer or shorter."),
    "handle-form": _("A handle holds letters, digits and single hyphens, and begins with a letter or digit, for example mirava-lodet-47."),
    "handle-reserved": _("This handle could be taken for somebody who runs the site. Please choose another."),
    "handle-taken": _("Somebody has this handle, or one that looks like it. Please choose another."),
    "passphrase-short": _("This passphrase is too short. It needs at least %(minimum)s characters: four or five words do it."),
    "passphrase-long": _("This passphrase is too long. It may have up to %(maximum)s characters."),
    "passphrase-weak": _("This passphrase would be guessed soon. Please take words that have nothing to do with each other or with you."),
    "passphrase-given": _("Somebody else knows this passphrase. Please choose one that nobody knows but you."),
    "passphrase-like-handle": _("This passphrase is almost your handle. Please take words that are not in it."),
    "pseudonym-form": _("Write a name of 1 to %(maximum)s letters. It need not be your real name."),
    "pseudonym-unseen": _("This name holds a sign that cannot be seen (%(sign)s). Please type the name again by hand."),
    "pseudonym-reserved": _("This name could be taken for somebody who runs the site. Please choose another."),
    "unknown-language": _("Please choose one of the five languages."),
    "unknown-country": _("Please choose one of the countries, or none."),
    "join-closed": _("Joining needs an invite code here. Ask the person who told you about the courses for one."),
    "bad-invite": _("This invite code does not work: it may be mistyped, used up or older than seven days. Ask for a new one."),
    "wrong-sign-in": _("Handle and passphrase do not fit together. Please look at both and try again."),
    "wrong-recovery": _(
        "Handle and code do not fit together, or the code was used before. Please look at both, or take the next code of your sheet."
    ),
    "wrong-code": _(
        "This code does not fit, or it was used before. Please type the code that the app shows now. "
        "If codes never fit, the clock of the phone is wrong: set it to automatic time."
    ),
    "sealed-elsewhere": _(
        "The site cannot check codes from apps at this moment. This is no fault of yours, and the try is not counted. "
        "Type a code of your sheet instead, or try again in a few minutes. If it goes on, tell whoever runs the server: "
        "it has to be started again, or its keys are not in order."
    ),
    "sign-in-over": _("More than ten minutes passed between passphrase and code. Please sign in again."),
    "factor-on": _("Codes from an app are on already. Switch them off first if you have another phone."),
    "factor-not-begun": _("Please begin again: the key for the app is not kept any more."),
    "passkey-unusable": _("The passkey did not work. Please try once more, or type a code from your app."),
    "passkeys-full": _("You have %(most)s passkeys already. Remove one that you do not use any more."),
    "passkey-known": _("This passkey is on the list already."),
    "passkey-unknown": _("This passkey is not on the list any more."),
    "no-factor": _("Codes from an app are off, so there is nothing to change."),
    "busy": _("Many people are signing in at this moment. Please try again in a few seconds."),
    "bad-form-key": _("This form was not whole. Please load the page again and repeat."),
    "form-key-used": _("This form was sent before with other words. Please load the page again and repeat."),
    "wrong-setup-code": _("This setup code does not fit: it may be mistyped, used or too old. Ask whoever runs the server for a new one."),
    "has-admin": _("This organisation has an admin already: new admins are made by them."),
    "unknown-role": _("Please choose one of the roles."),
    "bad-uses": _("One code lets in 1 to %(maximum)s people."),
    "bad-codes": _("You can make 1 to %(maximum)s codes at once."),
    "cohort-closed": _("This cohort is closed. Open it again before you bring people into it."),
    "cohort-full": _("A cohort holds up to %(maximum)s people. Please make a second one."),
    "cohort-dates": _("The last day cannot be before the first."),
    "cohort-languages": _("Choose one language at least."),
    "cohort-courses": _("Choose up to %(maximum)s of the courses on the list."),
    "unknown-trainer": _("Please choose one of the trainers on the list, or nobody."),
    "slug-form": _("A short name has 2 to 40 small letters, digits and single hyphens."),
    "slug-taken": _("There is an organisation with this short name already."),
    "commit-unsure": _(
        "This is saved once and not yet twice, because a second server is away. Please send it again in a minute: nothing is done double."
    ),
    "signer-away": _("Certificates cannot be signed at this moment. Nothing was changed. Please try again in a few minutes."),
    "number-range": _("Choose a whole number from %(least)s to %(most)s."),
    "label-form": _("Write up to %(maximum)s letters, without a colon."),
    "address-form": _("Write a whole address that begins with https:// or http://, for example https://www.wikipedia.org/."),
    "addresses-form": _("Write one whole address a line, each beginning with https:// or http://, %(maximum)s at most."),
    "settings-unusable": _("Some of this cannot be used. Nothing was changed."),
    "name-form": _("Write a name of up to %(maximum)s characters."),
    "name-empty": _("Write a name, or leave the field empty."),
    "name-long": _("This name is too long for a certificate. It may have up to %(longest)s characters."),
    "name-direction": _("This name holds marks that turn the direction of writing. Please type it again by hand."),
    "name-control": _("This name holds signs that cannot be seen. Please type it again by hand."),
    "name-signs": _(
        "These signs of the name cannot be printed: %(signs)s. Write it in Latin or Cyrillic letters, or leave the field empty."
    ),
    "name-letters": _("A name holds at least one letter."),
    "languages-needed": _("Choose one or two of the languages on the list."),
    "ended-enough": _(
        "One admin withdraws or replaces up to %(most)s certificates within a day. Another admin can replace this one, or you can tomorrow."
    ),
    "not-complete": _("This course is not completed yet, so there is no certificate to issue."),
    "certificate-facts-changed": _(
        "Something that stands on the certificate changed at this moment. Nothing was issued: please try again."
    ),
    "certificate-not-valid": _("This certificate is not valid any more, so nothing was changed."),
    "reason-needed": _("Choose a reason: it is shown to everybody who checks this certificate."),
    "holder-erased": _("The holder has erased the account: the certificate can only be withdrawn."),
    "last-admin": _(
        "You are the only admin, and others would be left without one. Make somebody else an admin first, under People. "
        "If nobody can be, speak with whoever runs the server, who can let a new admin in."
    ),
    "not-oneself": _("Nobody changes her own account here. Another admin of your organisation can do it."),
    "operator-untouched": _("This person runs the server, so an organisation changes nothing here."),
    "person-suspended": _("This account is closed for now. Open it again first."),
    "second-admin-needed": _(
        "This takes two admins, and there is nobody else who could agree. Give another person the role of admin first: somebody you trust."
    ),
    "own-request": _("You asked for this yourself: another admin has to agree."),
    "request-about-you": _("This is about your own account: another admin has to agree."),
    "asker-gone": _("Whoever asked for this is no admin any more, so it cannot be agreed to. Ask for it yourself if it is still needed."),
    "request-decided": _("Somebody has decided on this request already, so nothing was changed."),
    "no-contact": _("There is no name or e-mail address to look at: this person has given none, or your organisation keeps none."),
    "consent-needed": _("Tick the box if your organisation may keep this. Without it nothing is kept."),
    "email-needed": _("Write an e-mail address, or take the tick off that asks for e-mails."),
    "email-form": _("Write an e-mail address like name@example.org, or leave the field empty."),
    "request-over": _("Nobody decided on this request within three days, so it is over. It can be asked for again."),
    "keys-changed": _("The right answer of these questions changed: %(questions)s. Open attempts keep the old answer; confirm to publish."),
    "course-broken": _("The course has problems and was not published."),
}


def sentence(code: str, params: Mapping[str, str | int]) -> str:
    """Give the sentence of a code; a code without one says that it did not work, and its name for a report."""
    text = SENTENCES.get(code) or problems.CODES.get(code) or check_codes.CODES.get(code)
    if text is None:
        return gettext("This could not be done (%(code)s). Nothing was changed.", code=code)
    return gettext(text, **dict(params)) if params else gettext(text)


def problem_sentence(problem: Problem) -> str:
    """Give the sentence of a problem."""
    return sentence(problem.code, problem.params)


def problem_sentences(found: Iterable[Problem]) -> tuple[str, ...]:
    """Give the sentences of problems, each once."""
    return tuple(dict.fromkeys(problem_sentence(problem) for problem in found))
