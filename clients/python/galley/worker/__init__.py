"""Runs tasks: see Worker; `python3 -m galley.worker module:app` from the command line."""
from .command import main
from .context import TaskContext
from .core import Worker

__all__ = ["TaskContext", "Worker", "main"]
