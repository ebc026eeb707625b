"""`make bench`: every benchmark beside its baseline, a table, and `build/bench.json`."""

import asyncio
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.cli.embedded import PostgresFailed
from shared.observability.logs import configure_logging
from tests.bench.repetitions import STEP_COUNT, ReportStep, measure_joins, measure_wishes
from tests.bench.report import Row, exit_status, render_table, write_json
from tests.bench.servers import BenchServers, bench_servers
from tests.bench.wishes import CONFIRMATIONS_PER_SECOND
from tests.support.rabbitmq import NoBroker

REPORT_PATH = Path(__file__).resolve().parents[2] / "build" / "bench.json"
TABLE_WIDTH_COLUMNS = 120
EXPLANATION = (
    "Medians of three rounds, ours and the baseline by turns; a ratio is the better the higher.\n"
    "Wishes: three services and the clients in one process, against the bytes of the same messages"
    " published with confirms and consumed through the same RabbitMQ and bindings, without"
    " databases.\n"
    "Confirmation to points: from commit to commit, {pace:.0f} a second, against publish to"
    " consume.\n"
    "Joins: `linli serve intake` against FastAPI and asyncpg by hand, each with a copy of one"
    " database; the load generator, a process of its own, can send {ceiling:,.0f} a second."
)


def main() -> int:
    """Run and report the benchmarks; return 1 below a floor, 2 if the servers don't start."""
    configure_logging("ERROR", "console")
    warnings.simplefilter("ignore")
    # SIGTERM raises SystemExit, so that the servers are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with _progress_bar() as step, bench_servers() as servers:
            rows, ceiling = asyncio.run(_run_benchmarks(servers, step))
    except (NoBroker, PostgresFailed) as error:
        Console(stderr=True).print(str(error))
        return 2
    write_json(rows, REPORT_PATH)
    console = Console()
    if not console.is_terminal:
        console = Console(width=TABLE_WIDTH_COLUMNS)
    console.print(render_table(rows))
    explanation = EXPLANATION.format(pace=CONFIRMATIONS_PER_SECOND, ceiling=ceiling)
    console.print(explanation, style="dim", highlight=False)
    return exit_status(rows)


async def _run_benchmarks(servers: BenchServers, step: ReportStep) -> tuple[list[Row], float]:
    wish_rows = await measure_wishes(servers, step)
    join_rows, ceiling = await measure_joins(servers, step)
    return [*wish_rows, *join_rows], ceiling


@contextmanager
def _progress_bar() -> Iterator[ReportStep]:
    """Show a progress bar on stderr during the block, but only where stderr is a terminal."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns,
        TextColumn("{task.description}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("starting Postgres and RabbitMQ", total=STEP_COUNT)

        def step(what: str) -> None:
            bar.update(task, advance=1, description=what)

        yield step


if __name__ == "__main__":
    sys.exit(main())
