"""Which form somebody means: of those with the word, the first that lets them call these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from casework.case import Case
from casework.joint.form import Form, said
from casework.recusal import away, free
from casework.town import Post, Town


def choose(
    town: Town, own: Sequence[Post], word: str, wanted: Iterable[str]
) -> tuple[Form, Post] | None:
    """The form, and by which of their own posts they call. One that lets them call, but not these,
    only if there is no other; None: nobody with these posts calls so."""
    posts = [town.posts[post] for post in wanted if post in town.posts]
    fit = [(form, post) for form in said(word) for post in own if form.callable_by(post)]
    whole = (found for found in fit if all(found[0].reaches(post) for post in posts))
    return next(whole, fit[0] if fit else None)


def unnamed(town: Town, form: Form, convener: Post, case: Case) -> tuple[str, ...]:
    """Who is called to a case where nobody is named: who has the skill, everybody, or the caller
    alone. One form calls nobody at all."""
    if form.first:
        return skilled(town, form, convener, case) or crowd(town, form, convener, case)
    if form.crowd:
        return crowd(town, form, convener, case)
    return (convener.id,) if form.agent else ()


def skilled(town: Town, form: Form, convener: Post, case: Case) -> tuple[str, ...]:
    """能人: whose skill the case speaks of, in the whole town."""
    words = f"{case.text} {case.topic} {case.field}"
    return tuple(
        post.id
        for post in _within_reach(town, form, convener, case)
        if any(skill in words for holder in post.holders for skill in town.staff[holder].skills)
    )


def crowd(town: Town, form: Form, convener: Post, case: Case) -> tuple[str, ...]:
    """全员: everybody of the caller's unit and beneath it whom the form lets be called. A grid's
    whistle is heard in its village."""
    unit = convener.unit
    if convener.role == "member":
        unit = next((u.id for u in town.ancestors(unit) if u.level == "village"), unit)
    return tuple(
        post.id
        for post in _within_reach(town, form, convener, case)
        if town.covers(unit, post.unit)
    )


def _within_reach(town: Town, form: Form, convener: Post, case: Case) -> Iterator[Post]:
    """Whom the form lets be called, but for who calls, who leads the case, who stays away from it."""
    there, people = {convener.id, case.lead_post}, away(case)
    found = (post for post in town.posts.values() if post.id not in there and free(post, people))
    return filter(form.reaches, found)
