"""`python3 -m galley.worker module:app`: runs a Worker, or a galley.compat.celery application."""
from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from typing import Any, List, Optional

from .core import Worker

_EXAMPLES = """examples:
  GALLEY_URL=http://127.0.0.1:8000 GALLEY_TOKEN=$(galley token --sub worker@example.org --role worker) python3 -m galley.worker shop.tasks:worker
  python3 -m galley.worker shop.celery:app --processes 4 --queues default,mail
"""


def load(target: str) -> Any:
    """The object that "module:name" says; the name is `app` or `worker` when it is left out."""
    module_name, _, name = target.partition(":")
    sys.path.insert(0, os.getcwd())
    module = importlib.import_module(module_name)
    for candidate in [name] if name else ["worker", "app"]:
        if hasattr(module, candidate):
            return getattr(module, candidate)
    raise SystemExit(f"{module_name} has no {name or 'worker or app'}")


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m galley.worker", description=__doc__, epilog=_EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", help="module:name of a galley.Worker or a galley.compat.celery.Celery")
    parser.add_argument("--threads", type=int, help="handlers at once, in threads")
    parser.add_argument("--processes", type=int, help="handlers at once, each in a process of its own")
    parser.add_argument("--prefetch", type=int, help="tasks leased beyond those that run")
    parser.add_argument("--queues", help="names, with commas between them; else default and the kinds' own")
    parser.add_argument("--name", help="of this worker, unique among those that run")
    parser.add_argument("--grace", type=float, help="seconds that running tasks have after SIGTERM (20)")
    parser.add_argument("--log-level", default="info", choices=["debug", "info", "warning", "error"])
    options = parser.parse_args(arguments)
    logging.basicConfig(level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(message)s")
    worker = load(options.target)
    if not isinstance(worker, Worker):
        worker = worker.galley_worker()
    if options.processes is not None:
        worker.processes = worker.at_once = options.processes
    elif options.threads is not None:
        worker.processes, worker.at_once = 0, options.threads
    worker.prefetch = options.prefetch if options.prefetch is not None else worker.at_once
    worker.queues = options.queues.split(",") if options.queues else worker.queues
    worker.name = options.name or worker.name
    worker.grace = options.grace if options.grace is not None else worker.grace
    worker.run()
    return 0
