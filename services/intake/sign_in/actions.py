"""Actions that sign in and out, with one error for every kind of failed proof."""

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
from shared.aggregate import load
from shared.auth import Actor
from shared.db import sealer_of
from shared.errors import Unauthorized
from shared.language import N_
from shared.state import save


class SignInFailed(Unauthorized):
    """A failed sign-in, without the reason and the person."""

    title = N_("That didn't work; please check what you typed, or ask for a new code")


@dataclass(frozen=True)
class PhoneCodeProof:
    """A normalized phone number, and the code that was sent to it."""

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
    """An account whose password was verified, and the hash that the password fitted."""

    account_id: UUID
    password_hash: str


@dataclass(frozen=True)
class AttemptKeys:
    """The keys under which an attempt was counted: address, and for a password the account."""

    address: bytes | None
    account: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class CheckedProof:
    """A proof after its slow checks; `proof` is None where they failed."""

    station: UUID
    proof: PhoneCodeProof | SlipProof | VerifiedPassword | None
    attempt: AttemptKeys


Proof = PhoneCodeProof | SlipProof | PasswordProof


@dataclass(frozen=True)
class NewSession:
    """A new session; `token` is shown here and never again."""

    token: str
    expires_at: datetime
    person: Resident | Account


async def issue_code(tx: AsyncSession, station: UUID, phone: str, address: str | None) -> None:
    """Issue a one-time code and have it sent; treat an unknown phone in the same way.

    A new code ends the earlier ones. Raises: TooManyRequests beyond five codes an hour, or for an
    address that asks for codes of many phones.
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
    sealed = sealer_of(tx).seal(secret)
    if resident is not None:
        code.announce(resident, sealed)
    await save(tx, Actor.system(station), code)


async def issue_slip(tx: AsyncSession, actor: Actor, resident_id: UUID) -> tuple[str, Slip]:
    """Issue a slip for the resident; return the code to print, and the slip with its issuer."""
    resident = await load(tx, Resident, resident_id, station=actor.station)
    code = credentials.slip_code()
    slip = Slip.issue(actor.acting_for(resident.id), keyed_hash(tx, "slip", actor.station, code))
    tx.add(slip)
    await tx.flush()
    return code, slip


async def count_attempt(
    tx: AsyncSession, station: UUID, proof: Proof, address: str | None
) -> AttemptKeys:
    """Count an attempt, in a transaction that commits before the proof is checked.

    Raises: TooManyRequests after too many failures of the address or attempts at the account.
    """
    attempt = AttemptKeys(keyed_hash(tx, "tries from", address) if address else None)
    if attempt.address:
        await throttle.increment(tx, attempt.address, throttle.FAILURES_PER_ADDRESS)
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
        by_address = keyed_hash(tx, "password from", station, name, address)
        by_account = keyed_hash(tx, "password", station, name)
        await throttle.increment(tx, by_address, throttle.PASSWORDS_PER_ACCOUNT_AND_ADDRESS)
        await throttle.increment(tx, by_account, throttle.PASSWORDS_PER_ACCOUNT)
        attempt = replace(attempt, account=(by_address, by_account))
    return attempt


async def sign_in(tx: AsyncSession, checked: CheckedProof) -> NewSession:
    """Begin a session for the owner of a proof whose attempt is counted. Raises: SignInFailed."""
    station, proof = checked.station, checked.proof
    # The counters come first, in the order of counting, so that two attempts never deadlock. A
    # failed proof rolls the counters back with everything else.
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
    typed = credentials.find_one_time_code(proof.code)
    hashed = keyed_hash(tx, "code", station, proof.phone, typed)
    if code is None or not code.admits(hashed) or code.resident_id is None:
        return None
    code.used = True
    resident = await load(tx, Resident, code.resident_id, station=station)
    # The phone may belong to somebody else by now.
    return resident if resident.phone_lookup == code.phone_lookup else None


async def _by_slip(tx: AsyncSession, station: UUID, typed: str) -> Resident | None:
    hashed = keyed_hash(tx, "slip", station, credentials.normalize_slip_code(typed))
    at = clock.now()
    resident_id = await tx.scalar(
        update(Slip)
        .where(
            Slip.station_id == station,
            Slip.code_hash == hashed,
            Slip.used_at.is_(None),
            Slip.expires_at > at,
        )
        .values(used_at=at)
        .returning(Slip.resident_id)
        .execution_options(synchronize_session=False)
    )
    return await load(tx, Resident, resident_id, station=station) if resident_id else None


async def _by_account(tx: AsyncSession, station: UUID, proof: VerifiedPassword) -> Account | None:
    # The password may have changed since it was verified.
    account: Account | None = await tx.scalar(
        select(Account).where(
            Account.station_id == station,
            Account.id == proof.account_id,
            Account.password_hash == proof.password_hash,
        )
    )
    return account


async def _begin(tx: AsyncSession, person: Resident | Account) -> NewSession:
    token = credentials.session_token()
    hashed = keyed_hash(tx, "session", token)
    owner = {"resident_id" if isinstance(person, Resident) else "account_id": person.id}
    session = Session.begin(person.station_id, hashed, **owner)
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
