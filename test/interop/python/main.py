# The Python client under test, and RocketMQ's client for C++ below it: runs every scenario side by side in this one
# process and reports what held.
#
# Arguments: the nameserver's address, the target ("mq" or "rocketmq"), a prefix for topic and group names, and the names
# of scenarios to run. Lines on standard output are JSON, see report.py.
import os
import sys
import threading
import time
import traceback

from context import ScenarioContext
from killed import killed_scenario, run_member
from later import delay_scenario, retry_scenario
from report import Control, Report
from restart import restart_scenario
from send import batch_scenario, send_scenario
from pushing import broadcast_scenario, orderly_scenario, pull_scenario, push_scenario

# The broker is killed in it: it comes last.
LAST = "restart"
SCENARIOS = {
    "send": send_scenario,
    "batch": batch_scenario,
    "push": push_scenario,
    "orderly": orderly_scenario,
    "broadcast": broadcast_scenario,
    "pull": pull_scenario,
    "delay": delay_scenario,
    "retry": retry_scenario,
    "killed": killed_scenario,
    LAST: restart_scenario,
}


def run(name, nameserver, prefix, control):
    report = Report(name)
    started_at = time.monotonic()
    try:
        SCENARIOS[name](ScenarioContext(nameserver, prefix, control, report, name))
    except Exception:
        report.check("runs to its end", False, traceback.format_exc())
    report.event("finished", "%d ms" % ((time.monotonic() - started_at) * 1000))


def main(words):
    nameserver, _, prefix = words[:3]
    names = words[3:]
    unknown = [name for name in names if name not in SCENARIOS]
    if unknown:
        sys.exit("no such scenarios: %s" % unknown)
    control = Control()
    together = [
        threading.Thread(target=run, args=(name, nameserver, prefix, control)) for name in names if name != LAST
    ]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    if LAST in names:
        run(LAST, nameserver, prefix, control)
    Report("all").event("done", "")
    # The native library's threads would be waited for, and they wait for pulls.
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "member":
        run_member(*sys.argv[2:])
    else:
        main(sys.argv[1:])
