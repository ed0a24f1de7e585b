# A consumer that is killed, in a process of its own: the other takes over, and nothing that it had in hand is lost.
import os
import subprocess
import sys
import threading

from context import Inbox, QUEUES, SCALE, Sender, start_consumer
from report import holds, must, say

FLOW_PAUSE_S = 0.005
FLOW_MIN = 50 * SCALE


def killed_scenario(context):
    report, topic = context.report, context.topic
    inbox, elsewhere, owners = Inbox(), set(), {}

    def consume(given):
        inbox.add(given)
        owners[given.queue_id] = "survivor"

    def shares():
        names = list(owners.values())
        return sorted(names.count(name) for name in set(names))

    survivor = context.consumer("killed", consume)
    sender = Sender(context.producer(), topic)
    sender.start_flow(FLOW_PAUSE_S)
    words = [sys.executable, "-B", "-u", os.path.join(os.path.dirname(__file__), "main.py")]
    member = subprocess.Popen(
        words + ["member", context.nameserver, context.name("killed"), topic],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )

    def listen():
        for line in member.stdout:
            queue_id, _, key = line.strip().partition(" ")
            if key:
                elsewhere.add(key)
                owners[int(queue_id)] = "killed"

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        report.check("a consumer in another process takes its share", holds(lambda: shares() == [2, 2]), shares())
        before = len(sender.acknowledged)
        must("more messages", lambda: len(sender.acknowledged) >= before + FLOW_MIN)
    finally:
        member.kill()
        listener.join()
        member.wait()
    taken = holds(lambda: shares() == [QUEUES])
    report.check("the one that is left takes over what the killed one had", taken, shares())
    sender.stop_flow()
    keys = list(sender.acknowledged)

    def missing():
        return [key for key in inbox.missing(keys) if key not in elsewhere]

    context.await_given(survivor, missing)
    report.check("each send was acknowledged", not sender.failures and len(keys) > QUEUES, sender.failures)
    report.equal("every message is accounted for", [], missing())
    report.event("accounted", "%d messages, %d elsewhere" % (len(keys), len(elsewhere)))


def run_member(nameserver, group, topic):
    """A consumer in a process of its own, to be killed: it says the queue and key of each message."""
    start_consumer(nameserver, group, topic, lambda given: say("%d %s" % (given.queue_id, given.key)))
    sys.stdin.read()
    os._exit(3)
