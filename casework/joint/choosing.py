"""Which form somebody means: of those with the word, the first that lets them call these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from casework.joint.form import Form, said
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


def skilled(town: Town, form: Form, convener: Post, words: str) -> tuple[str, ...]:
    """能人: whose skill the words speak of, in the whole town; nobody's: everybody beneath."""
    fit = tuple(
        post.id
        for post in town.posts.values()
        if form.reaches(post)
        and post.id != convener.id
        and any(skill in words for holder in post.holders for skill in town.staff[holder].skills)
    )
    return fit or crowd(town, form, convener)


def crowd(town: Town, form: Form, convener: Post) -> tuple[str, ...]:
    """全员: everybody of the caller's unit and beneath it whom the form lets be called. A grid's
    whistle is heard in its village."""
    unit = convener.unit
    if convener.role == "member":
        unit = next((u.id for u in town.ancestors(unit) if u.level == "village"), unit)
    return tuple(
        post.id
        for post in town.posts.values()
        if post.holders
        and post.id != convener.id
        and form.reaches(post)
        and town.covers(unit, post.unit)
    )
