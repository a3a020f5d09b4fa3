"""``/sign-in`` and ``/sign-out``."""

import re
from typing import Final

import structlog
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lamplighter_collector.addresses import counted_address
from lamplighter_collector.errors import Busy, StoreUnavailable
from lamplighter_collector.people.attempts import WINDOW_MINUTES
from lamplighter_collector.people.sign_in import Attempt, SignedIn, TooMany
from lamplighter_collector.people.visits import Visit
from lamplighter_collector.web.desk import Desk
from lamplighter_collector.web.gate import SIGN_IN, cookie_name, field, known_name, read_form, visit_of
from lamplighter_collector.web.pages import home_of, page

_OWN_PATH: Final = re.compile(r"/(?:[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*)?(?:\?[A-Za-z0-9_=&-]*)?")
_WRONG: Final = "That is not a login and its password. Check both and try again."
_TOO_MANY: Final = f"Too many attempts. Wait {WINDOW_MINUTES} minutes, then try again."
_BUSY: Final = "Many people are signing in at this moment. Try again in a minute."
_UNAVAILABLE: Final = "Signing in can't be recorded just now, so nobody can sign in. Tell your technician."
_KNOWN_SECONDS: Final = 400 * 24 * 60 * 60
"""As long as browsers keep anything."""
_log = structlog.get_logger()


def own_path(text: str) -> str:
    """A path of ours to go on to, or empty: never another site, another scheme or a header."""
    return text if len(text) <= 200 and _OWN_PATH.fullmatch(text) else ""


class SignInPage:
    """GET shows the form, POST checks it and begins a session."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        if request.method != "POST":
            return self._form(next_=own_path(request.query_params.get("next", "")))
        form = await read_form(request)
        if form is None:
            return self._form(problem=_WRONG, status=415)
        next_ = own_path(field(form, "next"))
        outcome, status, problem = await self._try(_attempt(request, form, secure=self._desk.place.secure))
        if outcome is None:
            return self._form(problem=problem, next_=next_, status=status)
        return self._welcome(outcome, next_)

    async def _try(self, attempt: Attempt) -> tuple[SignedIn | None, int, str]:
        """Who signed in, or status and words of the refusal."""
        try:
            outcome = await self._desk.entrance.sign_in(attempt)
        except Busy:
            return None, 503, _BUSY
        except StoreUnavailable as error:
            _log.error("sign-in-failed", problem=str(error))
            return None, 503, _UNAVAILABLE
        if isinstance(outcome, SignedIn):
            return outcome, 303, ""
        return (None, 429, _TOO_MANY) if isinstance(outcome, TooMany) else (None, 403, _WRONG)

    def _form(self, *, problem: str = "", next_: str = "", status: int = 200) -> Response:
        return page(
            "sign_in.html",
            status=status,
            organisation=self._desk.organisation,
            problem=problem,
            next=next_,
        )

    def _welcome(self, signed_in: SignedIn, next_: str) -> Response:
        visit = Visit(session=signed_in.session, person=signed_in.person)
        answer = RedirectResponse(next_ or home_of(visit), 303)
        secure = self._desk.place.secure
        answer.set_cookie(
            known_name(secure=secure),
            signed_in.known,
            max_age=_KNOWN_SECONDS,
            secure=secure,
            httponly=True,
            samesite="strict",
        )
        answer.set_cookie(
            cookie_name(secure=secure), signed_in.cookie, secure=secure, httponly=True, samesite="strict"
        )
        return answer


def _attempt(request: Request, form: FormData, *, secure: bool) -> Attempt:
    previous: Visit | None = request.state.visit
    return Attempt(
        login=field(form, "login"),
        password=field(form, "password"),
        address=counted_address(request.client.host) if request.client else "",
        known=request.cookies.get(known_name(secure=secure), ""),
        replaces=previous.session.id if previous else None,
    )


class SignOut:
    """Ends the session, and with it every open page of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        visit = visit_of(request)
        await self._desk.entrance.sign_out(visit.session, visit.person)
        self._desk.arrivals.announce()
        answer = RedirectResponse(SIGN_IN, 303)
        secure = self._desk.place.secure
        answer.delete_cookie(cookie_name(secure=secure), secure=secure, httponly=True, samesite="strict")
        return answer
