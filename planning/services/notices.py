"""Who is told of what: one row a person, written in the transaction of the event itself. services/mailing.py sends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When

from planning.models import Absence, Intervention, JournalEntry, Notice, Plan, User
from planning.selectors.audience import accounts_of, deciders, people, readers_of_the_week
from planning.selectors.notices import group_of, groups_for
from planning.selectors.publication import publication_facts

Kind = Notice.Kind
Mail = Notice.Mail
Action = JournalEntry.Action
# So that what is undone at once, or read on the screen, sends no e-mail.
MAIL_DELAY = timedelta(seconds=60)
KEPT_DAYS = 180
_DECISIONS = {
    Action.ACCEPT: Kind.ACCEPTED,
    Action.RETURN: Kind.RETURNED,
    Action.REFUSE: Kind.REFUSED,
    Action.MERGE: Kind.MERGED,
    Action.CANCEL: Kind.CANCELLED,
    Action.UNPLAN: Kind.POSTPONED,
}


@transaction.atomic
def tell_publication(*, plan: Plan, previous: Plan | None, user: User, now: datetime) -> None:
    """``plan`` was published in place of ``previous``: each surgeon learns of their own, the bloc of the whole.

    One message a person and publication; who published it needs none. Nothing changed for a surgeon: no e-mail.
    """
    whole, own = publication_facts(plan, previous)
    told = Notice.objects.filter(plan=plan, kind=Kind.PUBLISHED).values("user")
    rows = []
    for person in (people().filter(pk__in=list(own)) | readers_of_the_week()).exclude(pk__in=told).exclude(pk=user.pk):
        facts = own.get(person.pk, whole)
        same = previous is not None and not any(facts[name] for name in ("moved", "retimed", "added", "removed"))
        rows.append(_notice(person, Kind.PUBLISHED, facts, now, mailed=not same, monday=plan.monday, plan=plan))
    Notice.objects.bulk_create(rows)
    # Nobody's sign-off is awaited any more.
    _mark_read(Notice.objects.filter(kind=Kind.SIGN, monday=plan.monday), now)


@transaction.atomic
def tell_decisions(*, entries: Iterable[JournalEntry], user: User, now: datetime) -> None:
    """What these lines of the journal decided: each intervention's surgeon learns it, and who is made responsible.

    What is taken back is taken back from whoever has not read it, nor been sent it; the others learn that too.
    """
    lines = [(entry, entry.intervention) for entry in entries if entry.intervention is not None]
    accounts = accounts_of(row for _entry, row in lines)
    rows = []
    for entry, row in lines:
        kind, person = _DECISIONS.get(Action(entry.action)), accounts.get(row.surgeon_id)
        if entry.action == Action.UNDO:
            kind = _take_back(entry, row)
        elif entry.action == Action.EDIT and row.responsible_id and "responsible_id" in (entry.after or {}):
            tell_responsible(intervention=row, user=user, now=now)
        if kind is None or person is None or person.pk == user.pk:
            continue
        facts = {"code": row.code} | ({"into": entry.after["kept"]} if entry.after and "kept" in entry.after else {})
        rows.append(_notice(person, kind, facts, now, intervention=row))
    Notice.objects.bulk_create(rows)


@transaction.atomic
def tell_surgeon(*, kind: Kind, intervention: Intervention, user: User, now: datetime, **facts: str) -> None:
    """What ``user`` did of the surgeon's ``intervention``. Of a surgeon without account nobody is told."""
    person = accounts_of([intervention]).get(intervention.surgeon_id)
    if person is not None and person.pk != user.pk:
        _notice(person, kind, {"code": intervention.code, **facts}, now, intervention=intervention).save()


@transaction.atomic
def tell_submission(*, intervention: Intervention, user: User, now: datetime) -> None:
    """A request to decide; the question it may have been sent back with is answered."""
    _mark_read(Notice.objects.filter(kind=Kind.RETURNED, intervention=intervention, user=user), now)
    tell_deciders(kind=Kind.REQUESTED, user=user, now=now)


@transaction.atomic
def tell_deciders(*, kind: Kind, user: User, now: datetime) -> None:
    """One line a person, that counts up while it is unread: requests come by the dozen."""
    told = list(deciders().exclude(pk=user.pk))
    waiting = Notice.objects.filter(user__in=told, kind=kind, read_at=None).order_by("pk")
    for last_chance in (False, True):
        found = dict(waiting.select_for_update().values_list("user_id", "pk"))
        try:
            with transaction.atomic():
                Notice.objects.bulk_create(
                    _notice(person, kind, {}, now, mailed=False) for person in told if person.pk not in found
                )
        except IntegrityError:
            # one_unread_gathering_notice: somebody else's request came first, and its line counts ours too.
            if last_chance:
                raise
        else:
            Notice.objects.filter(pk__in=found.values()).update(count=F("count") + 1, at=now)
            return


@transaction.atomic
def tell_absence(*, absence: Absence, interventions: Iterable[Intervention], user: User, now: datetime) -> None:
    """A surgeon will be away while the programme counts on them."""
    codes = sorted(one.code for one in interventions)
    if not codes:
        return
    facts = {
        "surgeon": str(absence.surgeon),
        "from": absence.starts_on.isoformat(),
        "to": absence.ends_on.isoformat(),
        "count": len(codes),
        "codes": codes,
    }
    _tell(deciders().exclude(pk=user.pk), Kind.ABSENCE, facts, now)


@transaction.atomic
def tell_responsible(*, intervention: Intervention, user: User, now: datetime) -> None:
    """``intervention`` is to be planned anew, and its ``responsible`` sees to it."""
    person, since = intervention.responsible, intervention.to_replan_since
    if person is None or person.pk == user.pk:
        return
    facts = {"code": intervention.code, "since": since.date().isoformat() if since else None}
    _notice(person, Kind.REPLAN, facts, now, intervention=intervention).save()


@transaction.atomic
def tell_signers(*, signers: Iterable[User], plan: Plan, user: User, now: datetime) -> None:
    """The sign-off of each is asked for on ``plan``; asked again, the line before goes."""
    told = [one for one in signers if one.pk != user.pk]
    Notice.objects.filter(kind=Kind.SIGN, plan=plan, user__in=told, read_at=None).delete()
    _tell(told, Kind.SIGN, {}, now, monday=plan.monday, plan=plan)


@transaction.atomic
def tell_sign_off(*, plan: Plan, refused: bool, user: User, now: datetime) -> None:
    """``user`` signed ``plan``, or refused to: nobody asks them any more, and whoever asked learns of a refusal."""
    _mark_read(Notice.objects.filter(kind=Kind.SIGN, plan=plan, user=user), now)
    if refused and plan.sign_offs_asked_by is not None and plan.sign_offs_asked_by != user:
        _tell([plan.sign_offs_asked_by], Kind.SIGN_REFUSED, {"who": str(user)}, now, monday=plan.monday, plan=plan)


@transaction.atomic
def read_notice(*, notice_id: int, user: User, now: datetime) -> Notice | None:
    """``user``'s notice, read from now on; None when it is nobody's, or another's."""
    _mark_read(Notice.objects.filter(pk=notice_id, user=user), now)
    return Notice.objects.filter(pk=notice_id, user=user).select_related("intervention").first()


@transaction.atomic
def read_notices(*, user: User, now: datetime, kinds: Iterable[Kind] | None = None) -> int:
    """All of ``user``'s, or those of ``kinds``; how many were unread."""
    rows = Notice.objects.filter(user=user)
    return _mark_read(rows if kinds is None else rows.filter(kind__in=list(kinds)), now)


@transaction.atomic
def choose_mails(*, user: User, groups: Iterable[str], language: str) -> None:
    """``groups`` come by e-mail in ``language``, the others do not."""
    wanted = set(groups)
    user.unmailed = [group.value for group in groups_for(user) if group not in wanted]
    user.language = language
    user.save(update_fields=["unmailed", "language"])


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).exclude(language=language).update(language=language)


def purge_notices(*, now: datetime) -> int:
    """Gone after half a year, read or not."""
    return Notice.objects.filter(at__lt=now - timedelta(days=KEPT_DAYS)).delete()[0]


def _take_back(undo: JournalEntry, intervention: Intervention) -> Kind | None:
    """``UNDONE`` for whoever learnt of the decision that ``undo`` takes back, None when nobody did."""
    after = undo.after or {}
    step = str(after.get("step", ""))
    kind = Kind.REPLAN if step == Action.EDIT else _DECISIONS.get(Action(step)) if step in Action.values else None
    if step == Action.ANSWER and "state" in after:
        kind = Kind.CANCELLED
    # With the decision, the answer that it gave to what was asked.
    kinds = [one for one in (kind, Kind.ANSWERED if "reopened" in after else None) if one is not None]
    learnt = [one for one in kinds if not _is_untold(one, intervention)]
    return None if learnt in ([], [Kind.REPLAN]) else Kind.UNDONE


def _is_untold(kind: Kind, intervention: Intervention) -> bool:
    """Nobody was told, or the notice is gone before anybody read it."""
    rows = Notice.objects.filter(kind=kind, intervention=intervention)
    last = rows.order_by("-pk").first()
    return last is None or bool(rows.filter(pk=last.pk, read_at=None, mail_state__in=(Mail.NONE, Mail.DUE)).delete()[0])


def _mark_read(rows: Any, now: datetime) -> int:
    """What is read needs no e-mail any more."""
    due = When(mail_state=Mail.DUE, then=Value(Mail.NONE.value))
    return int(rows.filter(read_at=None).update(read_at=now, mail_state=Case(due, default=F("mail_state"))))


def _tell(told: Iterable[User], kind: Kind, facts: dict[str, Any], now: datetime, **about: Any) -> None:
    Notice.objects.bulk_create(_notice(person, kind, facts, now, **about) for person in told)


def _notice(
    person: User, kind: Kind, facts: dict[str, Any], now: datetime, *, mailed: bool = True,
    monday: date | None = None, plan: Plan | None = None, intervention: Intervention | None = None,
) -> Notice:  # fmt: skip
    row = Notice(
        user=person, kind=kind, at=now, facts=facts, monday=monday, plan=plan, intervention=intervention
    )  # fmt: skip
    group = group_of(kind)
    if mailed and person.email and group != Notice.Group.INBOX and group not in person.unmailed:
        row.mail_state, row.mail_at = Mail.DUE, now + MAIL_DELAY
    return row
