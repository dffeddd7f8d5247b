"""After a hook nothing of it is left: no process and no file."""

import os
import shutil
import signal
import stat
from os import getpid


def end_strangers() -> bool:
    """Whether a process outlived its hook. All of them are ended."""
    found = False
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        found = True
        if pid == 0:
            _kill_children()
            os.waitpid(-1, 0)


def wipe(workspace: str) -> bool:
    """Empties the workspace, never following a link. Whether it is empty now."""
    try:
        for entry in os.scandir(workspace):
            _remove(entry)
        return not os.listdir(workspace)
    except (OSError, RecursionError):
        return False


def _remove(entry: os.DirEntry) -> None:
    if entry.is_dir(follow_symlinks=False):
        os.chmod(entry.path, stat.S_IRWXU)
        shutil.rmtree(entry.path)
    else:
        os.unlink(entry.path)


def _kill_children() -> None:
    if getpid() == 1:
        # Everybody else in this process namespace is a bot's.
        os.kill(-1, signal.SIGKILL)
        return
    for pid in _children():
        os.kill(pid, signal.SIGKILL)


def _children() -> list[int]:
    with open(f"/proc/{getpid()}/task/{getpid()}/children") as children:
        return [int(pid) for pid in children.read().split()]
