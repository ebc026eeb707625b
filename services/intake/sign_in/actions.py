"""Signing in and out. Whatever is wrong, the answer is one and the same sentence."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account
from services.intake.residents.models import Resident
from services.intake.residents.queries import find_by_phone
from services.intake.sign_in import credentials, throttle
from services.intake.sign_in.credentials import keyed_hash
from services.intake.sign_in.models import MAX_CODE_ATTEMPTS, Session, SignInCode, Slip
from shared import clock
from shared.auth import Actor
from shared.bus.outbox.record import record
from shared.contracts.intake import SignInCodeIssued
from shared.db import load, sealer_of
from shared.errors import Unauthorized
from shared.language import N_


class SignInFailed(Unauthorized):
    """Neither what is wrong nor whom it concerns is told."""

    title = N_("That didn't work; please check what you typed, or ask for a new code")


@dataclass(frozen=True)
class PhoneCodeProof:
    """A phone in its one written form, and the code that was sent to it."""

    phone: str
    code: str


@dataclass(frozen=True)
class SlipProof:
    """The code on a slip."""

    slip: str


@dataclass(frozen=True)
class PasswordProof:
    """An account's user name and password."""

    username: str
    password: str


@dataclass(frozen=True)
class VerifiedPassword:
    """An account whose password was shown, and the hash that it fitted."""

    account_id: UUID
    password_hash: str


@dataclass(frozen=True)
class AttemptKeys:
    """What a try was counted under: the address, and for a password the account, too."""

    address: bytes | None
    account: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class CheckedProof:
    """A proof of which nothing slow is left to look at, None where it is worth nothing."""

    station: UUID
    proof: PhoneCodeProof | SlipProof | VerifiedPassword | None
    attempt: AttemptKeys


Proof = PhoneCodeProof | SlipProof | PasswordProof


@dataclass(frozen=True)
class NewSession:
    """A session that begins; `token` is seen here and never again."""

    token: str
    expires_at: datetime
    person: Resident | Account


async def issue_code(tx: AsyncSession, station: UUID, phone: str, address: str | None) -> None:
    """Issue a one-time code and have it sent; the same happens for a phone that nobody has.

    TooManyRequests beyond five an hour, and for an address that asks for many phones' codes. A new code
    ends the ones before.
    """
    if address:
        await throttle.increment(
            tx, keyed_hash(tx, "codes from", address), throttle.CODES_PER_ADDRESS
        )
    await throttle.increment(tx, keyed_hash(tx, "codes", station, phone), throttle.CODES_PER_PHONE)
    resident = await find_by_phone(tx, station, phone)
    lookup = sealer_of(tx).blind_index(phone)
    secret = credentials.one_time_code()
    hashed = keyed_hash(tx, "code", station, phone, secret)
    code = SignInCode.issue(station, resident.id if resident else None, lookup, hashed)
    tx.add(code)
    await tx.flush()
    sealed = sealer_of(tx).seal(secret)
    if resident is not None:
        await record(tx, code, _code_issued_message(code, resident, sealed))


async def issue_slip(tx: AsyncSession, actor: Actor, resident_id: UUID) -> tuple[str, Slip]:
    """A slip for the resident, and what to print on it; who issued it is kept."""
    resident = await load(tx, Resident, resident_id, station=actor.station)
    printed = credentials.slip_code()
    slip = Slip.issue(actor.acting_for(resident.id), keyed_hash(tx, "slip", actor.station, printed))
    tx.add(slip)
    await tx.flush()
    return printed, slip


async def count_attempt(
    tx: AsyncSession, station: UUID, proof: Proof, address: str | None
) -> AttemptKeys:
    """Count a try, in a transaction of its own that commits before the proof is looked at.

    TooManyRequests when that address failed, or the account's password was tried, too often.
    """
    tried = AttemptKeys(keyed_hash(tx, "tries from", address) if address else None)
    if tried.address:
        await throttle.increment(tx, tried.address, throttle.FAILURES_PER_ADDRESS)
    if isinstance(proof, PhoneCodeProof):
        newest = _newest_code(tx, station, proof.phone).with_only_columns(SignInCode.id)
        await tx.execute(
            update(SignInCode)
            .where(SignInCode.id == newest.scalar_subquery(), SignInCode.tries <= MAX_CODE_ATTEMPTS)
            .values(tries=SignInCode.tries + 1)
            .execution_options(synchronize_session=False)
        )
    elif isinstance(proof, PasswordProof):
        name = proof.username.casefold()
        near = keyed_hash(tx, "password from", station, name, address)
        anywhere = keyed_hash(tx, "password", station, name)
        await throttle.increment(tx, near, throttle.PASSWORDS_PER_ACCOUNT_AND_ADDRESS)
        await throttle.increment(tx, anywhere, throttle.PASSWORDS_PER_ACCOUNT)
        tried = replace(tried, account=(near, anywhere))
    return tried


async def sign_in(tx: AsyncSession, checked: CheckedProof) -> NewSession:
    """Begin a session for whoever the proof belongs to; SignInFailed. Count the try before."""
    station, proof = checked.station, checked.proof
    # First, in the order of counting, so that two tries never wait for each other; undone with
    # everything else where the proof is worth nothing.
    if checked.attempt.address:
        await throttle.decrement(tx, checked.attempt.address)
    for key in checked.attempt.account:
        await throttle.reset(tx, key)
    person: Resident | Account | None = None
    if isinstance(proof, PhoneCodeProof):
        person = await _by_code(tx, station, proof)
    elif isinstance(proof, SlipProof):
        person = await _by_slip(tx, station, proof.slip)
    elif isinstance(proof, VerifiedPassword):
        person = await _by_account(tx, station, proof)
    if person is None:
        raise SignInFailed
    return await _begin(tx, person)


async def sign_out(tx: AsyncSession, token: str) -> None:
    """End the session of that token."""
    await tx.execute(delete(Session).where(Session.token_hash == keyed_hash(tx, "session", token)))


async def _by_code(tx: AsyncSession, station: UUID, proof: PhoneCodeProof) -> Resident | None:
    code = await tx.scalar(_newest_code(tx, station, proof.phone).with_for_update())
    hashed = keyed_hash(tx, "code", station, proof.phone, proof.code)
    if code is None or not code.admits(hashed) or code.resident_id is None:
        return None
    code.used = True
    resident = await load(tx, Resident, code.resident_id, station=station)
    # The phone may have passed to somebody else since.
    return resident if resident.phone_lookup == code.phone_lookup else None


async def _by_slip(tx: AsyncSession, station: UUID, typed: str) -> Resident | None:
    printed = keyed_hash(tx, "slip", station, credentials.normalize_slip_code(typed))
    at = clock.now()
    resident_id = await tx.scalar(
        update(Slip)
        .where(
            Slip.station_id == station,
            Slip.code_hash == printed,
            Slip.used_at.is_(None),
            Slip.expires_at > at,
        )
        .values(used_at=at)
        .returning(Slip.resident_id)
        .execution_options(synchronize_session=False)
    )
    return await load(tx, Resident, resident_id, station=station) if resident_id else None


async def _by_account(tx: AsyncSession, station: UUID, proof: VerifiedPassword) -> Account | None:
    # The password may have been changed since it was looked at.
    found: Account | None = await tx.scalar(
        select(Account).where(
            Account.station_id == station,
            Account.id == proof.account_id,
            Account.password_hash == proof.password_hash,
        )
    )
    return found


async def _begin(tx: AsyncSession, person: Resident | Account) -> NewSession:
    token = credentials.session_token()
    hashed = keyed_hash(tx, "session", token)
    whose = {"resident_id" if isinstance(person, Resident) else "account_id": person.id}
    session = Session.begin(person.station_id, hashed, **whose)
    tx.add(session)
    await tx.flush()
    return NewSession(token, session.expires_at, person)


def _newest_code(tx: AsyncSession, station: UUID, phone: str) -> Select[SignInCode]:
    return (
        select(SignInCode)
        .where(
            SignInCode.station_id == station,
            SignInCode.phone_lookup == sealer_of(tx).blind_index(phone),
        )
        .order_by(SignInCode.id.desc())
        .limit(1)
    )


def _code_issued_message(
    code: SignInCode, resident: Resident, code_sealed: str
) -> SignInCodeIssued:
    return SignInCodeIssued.model_validate(
        {
            "resident_id": resident.id,
            "phone_sealed": resident.phone_sealed,
            "code_sealed": code_sealed,
            "language": resident.language,
            "expires_at": code.expires_at,
        }
    )
