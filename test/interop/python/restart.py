# The broker is killed and started again under a sender and consumers: what was acknowledged is given, nothing is lost.
import time

from context import GIVEN_BACK, Inbox, SCALE, Sender, new_message
from report import POLL_S, holds, must

BEFORE = 80 * SCALE
AFTER_MIN = 50 * SCALE
FLOW_PAUSE_S = 0.01


def restart_scenario(context):
    report, topic = context.report, context.topic
    throughout, retrying = Inbox(), Inbox()
    first = context.consumer("restart", throughout.add)

    def consume(given):
        # Each tenth message is given back once: its retry is under way while the broker is killed.
        if given.key.endswith("0") and given.reconsume_times == 0:
            return GIVEN_BACK
        return retrying.add(given)

    second = context.consumer("restart-retrying", consume)
    producer = context.producer()
    sender = Sender(producer, topic)
    sender.send(BEFORE)
    report.check("each send before the kill is acknowledged", not sender.failures, sender.failures)
    later = ["later-%d" % number for number in range(20)]
    for key in later:
        message = new_message(topic, "TagA", key)
        message.set_delay_time_level(4)
        producer.send_sync(message)
    sender.start_flow(FLOW_PAUSE_S)
    must("the flow of messages", lambda: len(sender.acknowledged) > BEFORE)
    report.event("ready to be killed", str(len(sender.acknowledged)))
    while "restarted" not in context.control.heard:
        time.sleep(POLL_S)
    at_restart = len(sender.acknowledged)
    is_back = holds(lambda: len(sender.acknowledged) >= at_restart + AFTER_MIN)
    report.check("sends are acknowledged again after the restart", is_back, len(sender.acknowledged) - at_restart)
    sender.stop_flow()
    report.event("sent", "%d acknowledged, %d failed" % (len(sender.acknowledged), len(sender.failures)))
    keys = sender.acknowledged + later
    context.await_given(first, lambda: throughout.missing(keys))
    what = "a consumer that lived through it is given every acknowledged message"
    report.equal(what, [], throughout.missing(keys))
    context.await_given(second, lambda: retrying.missing(keys))
    report.equal("and so is one that gave messages back", [], retrying.missing(keys))
