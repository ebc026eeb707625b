"""Check that the migrations of every service create exactly the tables of its models."""

import asyncio
import sys

from services.cli.migrate import check_tables
from shared.migrations import OutOfStep
from tests.support import postgres


def main() -> None:
    """Migrate a fresh database and compare it with the models."""
    with postgres.server() as admin_url:
        template = asyncio.run(postgres.make_template(admin_url))
        try:
            asyncio.run(check_tables(postgres.role_urls(admin_url, template)))
        except OutOfStep as difference:
            sys.exit(str(difference))
        finally:
            asyncio.run(postgres.drop_database(admin_url, template))


if __name__ == "__main__":
    main()
