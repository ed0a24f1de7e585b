# What a scenario says to the harness, one JSON line for each check and observation, and what the harness says to it.
import json
import os
import sys
import threading
import time

DETAIL_MAX = 2000
# Long enough for a machine on which a dozen clients share two cores.
PATIENCE_S = 90
# As long as the library waits for an answer, and some more.
STANDSTILL_S = 45
POLL_S = 0.02

# Standard output belongs to the report: what the native library prints goes to standard error.
_out = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
_lock = threading.Lock()


class Report:
    def __init__(self, scenario):
        self.scenario = scenario

    def check(self, what, is_ok, detail):
        self._print(check=what, ok=is_ok, detail=str(detail)[:DETAIL_MAX])

    def equal(self, what, expected, actual):
        self.check(what, expected == actual, "expected %r, saw %r" % (expected, actual))

    def observe(self, what, value):
        self._print(observation=what, value=value)

    def event(self, what, detail):
        self._print(event=what, detail=detail)

    def _print(self, **line):
        say(json.dumps(dict(scenario=self.scenario, **line)))


def say(line):
    with _lock:
        _out.write(line + "\n")
        _out.flush()


def holds(condition, limit_s=PATIENCE_S):
    """Waits for a condition and says whether it came true in time."""
    give_up_at = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(POLL_S)
    return True


def must(what, condition):
    """For what a scenario cannot go on without."""
    if not holds(condition):
        raise RuntimeError("did not happen in time: " + what)


class Control:
    """Words from the harness on standard input; its end means that nobody waits any more."""

    def __init__(self):
        self.heard = set()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in sys.stdin:
            self.heard.add(line.strip())
        os._exit(3)
