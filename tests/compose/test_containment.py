"""The isolation of schemas by role, and of containers from root, disk and the outside."""

import pytest

from shared.bus.transport.topology import permissions
from tests.compose.deployment import REPLICAS_PER_SERVICE, CommandFailed, Deployment, run_command

SCHEMAS = ("intake", "volunteers", "notify")
OWN_IMAGES = (*REPLICAS_PER_SERVICE, "migrate")


@pytest.mark.parametrize("service", SCHEMAS)
async def test_service_role_can_not_use_other_schemas(deployment: Deployment, service: str) -> None:
    role = f"linli_{service}"
    assert int(await deployment.run_sql(f"SELECT count(*) FROM {service}.outbox", role=role)) >= 0
    for other in SCHEMAS:
        if other == service:
            continue
        for statement in (
            f"SELECT * FROM {other}.outbox",
            f"DELETE FROM {other}.inbox",
            f"CREATE TABLE {other}.mine (id int)",
            "CREATE TABLE public.mine (id int)",
            f"SET ROLE linli_{other}",
            "COPY (SELECT 1) TO PROGRAM 'true'",
        ):
            with pytest.raises(CommandFailed, match="permission denied"):
                await deployment.run_sql(statement, role=role)


async def test_broker_users_have_the_permissions_of_the_topology_only(
    deployment: Deployment,
) -> None:
    listed = await deployment.compose(
        "exec", "-T", "rabbitmq", "rabbitmqctl", "-q", "list_permissions", "--no-table-headers"
    )
    allowed = {line.split("\t")[0]: line.split("\t")[1:] for line in listed.splitlines()}
    assert allowed == {
        "linli": [".*", ".*", ".*"],
        **{f"linli-{service}": list(permissions(service).values()) for service in SCHEMAS},
    }


async def test_own_containers_run_without_root_and_write_nowhere(deployment: Deployment) -> None:
    containers = await deployment.inspect_containers()
    assert {service: len(containers[service]) for service in OWN_IMAGES} == {
        **REPLICAS_PER_SERVICE,
        "migrate": 1,
    }
    for service in OWN_IMAGES:
        for one in containers[service]:
            assert one["Config"]["User"] == "10001"
            assert one["HostConfig"]["ReadonlyRootfs"]
            assert one["HostConfig"]["CapDrop"] == ["ALL"]
            assert not one["Mounts"]
    for service in REPLICAS_PER_SERVICE:
        shell = ("docker", "exec", containers[service][0]["Id"], "sh", "-c")
        assert (await run_command(*shell, "id -u")).strip() == "10001"
        with pytest.raises(CommandFailed, match="Read-only file system"):
            await run_command(*shell, "echo > /linli/mine")


async def test_only_the_edge_is_published(deployment: Deployment) -> None:
    published = {
        service: ports
        for service, containers in (await deployment.inspect_containers()).items()
        for one in containers
        if (ports := one["HostConfig"]["PortBindings"])
    }
    address, _, port = deployment.settings["LINLI_PORT"].partition(":")
    assert published == {"edge": {"443/tcp": [{"HostIp": address, "HostPort": port}]}}


async def test_edge_does_not_serve_health_and_metrics(deployment: Deployment) -> None:
    async with await deployment.client() as client:
        for path in ("/metrics", "/health/ready", "/health/live"):
            assert (await client.get(path)).status_code == 404
