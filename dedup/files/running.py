"""The whole way: files in, results published, and an account of the run."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from dedup.collecting import no_cycles
from dedup.corpus import Deduplicated
from dedup.engine import Engine
from dedup.files.account import Outcome, Stages, outcome, run_json
from dedup.files.decisions import ids_of, read_decisions
from dedup.files.intake import Intake
from dedup.files.job import Job, Report, Told
from dedup.files.results import of_input, write_clusters, write_matches
from dedup.files.sources import Sources, folder_of_results
from dedup.files.writing import Behind, Folder
from dedup.heap import trim


def deduplicate_files(
    job: Job, reporting: Callable[[], Report], told: Told = lambda *_: None
) -> Outcome:
    """Deduplicate and publish. Raises InputError, UsageError, LockHeld; then nothing is written.

    `reporting` gives the report when asked, in a thread of its own: so what that has to import is
    there when the records are written.
    """
    begun = time.perf_counter()
    if isinstance(job.against, Path):
        job = replace(job, against=folder_of_results(job.against))
    with no_cycles(), Folder(job.out, overwrite=job.overwrite) as folder:
        folder.check_not_replaced(_files(job))
        return _into(folder, job, reporting, Stages(told), begun)


def _into(
    folder: Folder, job: Job, reporting: Callable[[], Report], stages: Stages, begun: float
) -> Outcome:
    import orjson

    intake = Intake(skip_bad=job.skip_bad, against=job.against is not None)
    sources = Sources(folder.aside, intake)
    engine = Engine(job.scheme)
    threads = engine.threads
    with stages.stage("read") as done:
        decisions = [] if job.decisions is None else read_decisions(job.decisions)
        for path in job.inputs:
            sources.add_input(path)
        if job.against is not None:
            sources.add_old(job.against, job.against_name or str(job.against))
        sources.read(engine.take, done)
    found = engine.finish(decisions, progress=stages.progress)
    stages.end()
    del engine  # what it holds is not needed to write
    trim()
    if job.against is not None:
        found = of_input(found, intake)
    with stages.stage("write"), ThreadPoolExecutor(1, thread_name_prefix="beside") as beside:
        with folder.create("unique.jsonl") as out, Behind(out) as behind:
            others = beside.submit(_write_found, folder, found)
            report = beside.submit(reporting)
            shown = sources.again(found, behind)
        others.result()
    with stages.stage("report"):
        said_of = report.result()
        files = said_of(found, intake.figured, shown, job.scheme, decisions)
        for name, said in files.items():
            with folder.create(name) as out:
                out.write(said.encode("utf-8"))
        folder.flush()
    named = ids_of(decisions)
    decided = len(decisions), len(named) - len(intake.rows_of(named))
    did = outcome(found, sources, intake, decided, begun, stages)
    with folder.create("run.json") as out:
        out.write(orjson.dumps(run_json(job, did, sources, threads), option=orjson.OPT_INDENT_2))
        out.write(b"\n")
    folder.publish()
    return did


def _write_found(folder: Folder, found: Deduplicated) -> None:
    with folder.create("clusters.jsonl") as out:
        write_clusters(found.clusters, out)
    with folder.create("matches.jsonl") as out:
        write_matches(found.matches, out)


def _files(job: Job) -> list[Path]:
    """All that is read."""
    others = (job.decisions, job.against if isinstance(job.against, Path) else None)
    return [*job.inputs, *(path for path in others if path is not None)]
