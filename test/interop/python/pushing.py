# Consumers: concurrent, orderly and broadcast push, and pull; everything once, tags chosen by the broker, offsets kept.
from collections import defaultdict

from context import Inbox, QUEUES, SCALE, Sender, new_message
from report import holds, must

SHARDS = 6


def push_scenario(context):
    report, topic = context.report, context.topic
    everything, chosen = Inbox(), Inbox()
    first = context.consumer("push-all", everything.add)
    context.consumer("push-tags", chosen.add, tags="TagA || 标签")
    sender = Sender(context.producer(), topic, ("TagA", "TagB", "标签", "TagD"))
    sender.send(200 * SCALE)
    report.check("each send is acknowledged", not sender.failures, sender.failures)
    keys = list(sender.acknowledged)
    holds(lambda: everything.has_all(keys))
    report.equal("a push consumer is given every message", [], everything.missing(keys))
    report.equal("and nothing else", [], everything.beyond(keys))
    report.equal("no message is given twice", 0, everything.repeats())
    wanted = keys[::2]
    holds(lambda: chosen.has_all(wanted))
    report.equal("a consumer of two tags is given each of their messages", [], chosen.missing(wanted))
    report.equal("and none of another tag", [], chosen.beyond(wanted))
    first.shutdown()
    sender.send(50 * SCALE)
    later = sender.acknowledged[len(keys):]
    afterwards = Inbox()
    context.consumer("push-all", afterwards.add)
    holds(lambda: afterwards.has_all(later))
    report.equal("the next consumer of a group is given what came later", [], afterwards.missing(later))
    # The last messages may come again: a listener answers before its messages count as consumed.
    again = afterwards.beyond(later)
    report.check("and goes on where the last one stopped", len(again) <= QUEUES, again)


def orderly_scenario(context):
    report, topic = context.report, context.topic
    inbox = Inbox()
    first = context.consumer("orderly", inbox.add, orderly=True)
    producer = context.producer()
    sent = defaultdict(list)
    count = 0

    def send(messages):
        nonlocal count
        for number in range(count, count + messages):
            shard = number % SHARDS
            key = "%d/%d" % (shard, number)
            producer.send_orderly(new_message(topic, "TagA", key), shard)
            sent[str(shard)].append(key)
        count += messages

    def given():
        shards = defaultdict(list)
        for key in list(inbox.order):
            shards[key.split("/")[0]].append(key)
        return shards

    send(120 * SCALE)
    holds(lambda: given() == sent)
    report.equal("an orderly consumer is given the messages of a key in their order", dict(sent), dict(given()))
    if SCALE == 1:
        # This client gives no lock back: the next one waits a minute for its end, in a full run only.
        return
    first.shutdown()
    send(60 * SCALE)
    context.consumer("orderly", inbox.add, orderly=True)
    holds(lambda: given() == sent)
    report.equal("the next one takes over the locks and goes on in order", dict(sent), dict(given()))


def broadcast_scenario(context):
    report, topic = context.report, context.topic
    inboxes = [Inbox(), Inbox()]
    for inbox in inboxes:
        context.consumer("broadcast", inbox.add, broadcast=True)
    # Each begins at the end of the queues, and does not tell when: messages until both are given some of each queue.
    early = Sender(context.producer(), context.topic)

    def is_at_work():
        early.send_one()
        return all(len({given.queue_id for given in inbox.first.values()}) == QUEUES for inbox in inboxes)

    must("both consumers read all queues", is_at_work)
    sender = Sender(context.producer(), topic, ("TagB",))
    sender._next = len(early.acknowledged)
    sender.send(60 * SCALE)
    keys = sender.acknowledged
    holds(lambda: all(inbox.has_all(keys) for inbox in inboxes))
    missing = [inbox.missing(keys) for inbox in inboxes]
    report.equal("each broadcast consumer is given every message", [[], []], missing)
    report.equal("and each message once", 0, sum(inbox.repeats() for inbox in inboxes))


def pull_scenario(context):
    report, topic = context.report, context.topic
    sender = Sender(context.producer(), topic, ("TagA", "TagB"))
    sender.send(40)
    keys = sender.acknowledged
    consumer = context.pull_consumer("pull")
    first = [message.keys.decode() for message in consumer.pull(topic)]
    report.equal("pulls one after another bring every message once", sorted(keys), sorted(first))
    sender.send(8)
    later = [message.keys.decode() for message in consumer.pull(topic)]
    report.equal("and go on behind it", sorted(sender.acknowledged[40:]), sorted(later))
    tagged = context.pull_consumer("pull-tags")
    chosen = [message.keys.decode() for message in tagged.pull(topic, "TagB")]
    report.equal("a pull with a tag skips the others", sorted(sender.acknowledged[1::2]), sorted(chosen))
