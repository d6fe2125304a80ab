"""What a forked process does in the tests; called by name in a child of a zygote."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from numpy import random as chance  # loaded before the fork, as pandas does


def told(arguments, descriptors):
    """Write to the first open file what this process is."""
    found = {
        "arguments": arguments,
        "cwd": str(Path.cwd()),
        "environment": dict(os.environ),
        "zone": time.tzname,
        "random": random.random(),
        "numpy": float(chance.random()),  # noqa: NPY002  # the one that a fork would share
        "is_leader": os.getpid() == os.getsid(0) == os.getpgid(0),
        "mask": os.umask(0),
        "processors": len(os.sched_getaffinity(0)),
    }
    os.write(descriptors[0], json.dumps(found).encode())


def ends(arguments, descriptors):
    """End in the way that is asked for."""
    if arguments == "raise":
        raise ValueError("a secret")
    if arguments == "exit text":
        sys.exit("said")
    if arguments == "_exit":
        os._exit(7)
    if isinstance(arguments, dict):
        os.kill(os.getpid(), arguments["signal"])
        time.sleep(60)
    sys.exit(arguments)


def says(arguments, descriptors):
    """Print, and read what standard input holds."""
    print("out", sys.stdin.readline().strip())
    sys.stderr.write("err\n")


def waits(arguments, descriptors):
    """Say that it is there, and the number of a child of its own, where somebody listens, and wait for long."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
    try:
        if descriptors:
            os.write(descriptors[0], f"{os.getpid()} {child.pid}\n".encode())
        time.sleep(100)
    except KeyboardInterrupt:
        os.write(descriptors[0], b"interrupted\n")
        sys.exit(3)


def leaves_a_daemon(arguments, descriptors):
    """Start a process that leaves the group and whose parent ends at once, say its number, and end or wait."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(descriptors[0], f"{os.getpid()}\n".encode())
            os.close(descriptors[0])
            time.sleep(100)
        os._exit(0)
    os.wait()
    time.sleep(arguments)


def works(arguments, descriptors):
    """Use CPU time and memory."""
    held = bytearray(arguments["bytes"])
    end = time.process_time() + arguments["seconds"]
    while time.process_time() < end:
        held[0] ^= 1


def starts_a_thread():
    """Leave a thread behind, as a library might when it is imported."""
    threading.Thread(target=time.sleep, args=(100,), daemon=True).start()


def ignores(arguments, descriptors):
    """Take no notice of a polite end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.write(descriptors[0], b"there\n")
    time.sleep(100)
