# Messages for later: sent with a delay level, or given back by a consumer until they are dead letters.
import threading
import time

from context import GIVEN_BACK, Inbox, SCALE, new_message
from report import holds

# As the harness configures both servers; the first retry has level 3, the next one level 4.
LEVEL_S = [0, 1, 2, 3, 4]
# The library cannot be told how often: 16 times, as brokers do by themselves.
RETRIES = 16
LETTERS_WAIT_S = 15
# Both sides read clocks in milliseconds.
CLOCK_STEP_S = 0.001


def delay_scenario(context):
    report, topic = context.report, context.topic
    inbox = Inbox()
    context.consumer("delay", inbox.add)
    producer = context.producer()
    sent_at = {}
    for number in range(10 * SCALE):
        for level in (3, 2, 1, 0):
            key = "%d/%d" % (level, number)
            message = new_message(topic, "Tag%d" % level, key)
            if level > 0:
                message.set_delay_time_level(level)
            sent_at[key] = time.time()
            producer.send_sync(message)
    keys = list(sent_at)
    holds(lambda: inbox.has_all(keys))
    report.equal("every delayed message is given", [], inbox.missing(keys))
    report.equal("no delayed message is given twice", 0, inbox.repeats())
    early = [
        key for key in keys if inbox.first[key].at - sent_at[key] < LEVEL_S[int(key[0])] - CLOCK_STEP_S
    ]
    report.equal("none comes before its time", [], early)
    one = inbox.first["2/0"]
    seen = (one.topic, one.body, one.tag, one.delay_level)
    report.equal("a delayed message is given as it was sent", (topic, b"body of 2/0", "Tag2", 2), seen)


def retry_scenario(context):
    report, topic = context.report, context.topic
    lock = threading.Lock()
    given = {}

    def consume(message):
        with lock:
            given.setdefault(message.key, []).append(message)
        is_better = message.key.startswith("better") and message.reconsume_times > 0
        return None if message.key.startswith("good") or is_better else GIVEN_BACK

    def times():
        with lock:
            return {key: [each.reconsume_times for each in given[key]] for key in sorted(given)}

    context.consumer("retry", consume)
    producer = context.producer()

    def send(*keys):
        # One after another: of retries that come together the callback is given the first one only.
        for key in keys:
            producer.send_sync(new_message(topic, "TagA", key))

    send("good-0", "better-1")
    expected = {"better-1": [0, 1], "good-0": [0]}
    holds(lambda: times() == expected)
    again = given["better-1"][-1]
    seen = (again.topic, again.body, again.tag)
    report.equal("a message comes again as it was sent", (topic, b"body of better-1", "TagA"), seen)
    send("bad-2")
    expected["bad-2"] = list(range(RETRIES + 1))
    holds(lambda: times() == expected)
    report.equal("each message comes as often as it was given back", expected, times())
    at = [message.at for message in given["bad-2"]]
    gaps = [later - earlier for earlier, later in zip(at, at[1:])]
    is_later = gaps[0] >= LEVEL_S[3] - CLOCK_STEP_S and gaps[1] >= LEVEL_S[4] - CLOCK_STEP_S
    report.check("each time later than before", is_later, gaps)
    _dead_letters(context)


def _dead_letters(context):
    """Observed, not demanded: RocketMQ 5.5.0 does not understand this client when it gives a message up."""
    pull = context.pull_consumer("retry-dead")
    letters = []

    def is_there():
        for message in pull.pull("%DLQ%" + context.name("retry")):
            letters.append([message.keys.decode(), message.body.decode()])
        return letters != []

    holds(is_there, LETTERS_WAIT_S)
    context.report.observe("dead letters", letters)
