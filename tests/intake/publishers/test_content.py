"""Partners' content over HTTP: ids, modes and sizes."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.intake.publishers.partner_client import BATCH_HEADERS, STOPPED, PartnerClient
from tests.intake.publishers.test_ingress import STOPPAGE, to_binary_mode


@pytest.mark.parametrize(
    "other", [{"data": {**STOPPAGE, "since": "noon"}}, {"subject": "lifts/9"}], ids=repr
)
async def test_id_of_another_message_is_refused(
    partner_client: PartnerClient, other: dict[str, Any]
) -> None:
    event = partner_client.make_event(STOPPED, STOPPAGE)
    changed = {**event, **other}
    in_one_batch = await partner_client.send([event, changed], BATCH_HEADERS)
    assert in_one_batch.status_code == 409
    assert (await partner_client.send(event)).status_code == 202
    assert (await partner_client.send(changed)).status_code == 409
    fresh = partner_client.make_event(STOPPED, STOPPAGE)
    assert (await partner_client.send([fresh, changed], BATCH_HEADERS)).status_code == 409
    # Nothing of a refused batch is stored.
    [again] = (await partner_client.send(fresh)).json()
    assert not again["repeated"]


@pytest.mark.parametrize(
    "content_type", [None, "application/json; charset=utf-8", "application/vnd.lift+json"]
)
async def test_binary_mode_is_read_as_libraries_send_it(
    partner_client: PartnerClient, content_type: str | None
) -> None:
    event = {**partner_client.make_event(STOPPED, STOPPAGE), "subject": quote("3 号梯")}
    body, headers = to_binary_mode(event)
    headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    headers |= {"Content-Type": content_type} if content_type else {}
    assert (await partner_client.send(body, headers)).status_code == 202
    written_out = {**event, "subject": "3 号梯"}
    assert (await partner_client.send(written_out)).json()[0]["repeated"]


@pytest.mark.parametrize("wrong", [{"ce-subject": "%C0%A0"}, {"ce-datacontenttype": "text/json"}])
async def test_invalid_header_of_binary_mode_is_refused(
    partner_client: PartnerClient, wrong: dict[str, str]
) -> None:
    body, headers = to_binary_mode(partner_client.make_event(STOPPED, STOPPAGE))
    assert (await partner_client.send(body, {**headers, **wrong})).status_code == 422


async def test_batch_may_weigh_what_its_messages_may(partner_client: PartnerClient) -> None:
    heavy = {"text": "x" * 60_000}
    batch = [partner_client.make_event(STOPPED, heavy) for _ in range(20)]
    answer = await partner_client.send(batch, BATCH_HEADERS)
    assert (answer.status_code, len(answer.json())) == (202, 20)
