# Every way to send, read back whole: nothing lost, nothing added, each where its acknowledgement said.
import random
import threading

from rocketmq import ffi

from context import BODY_BYTES_MAX, Inbox, SCALE, Sender, new_message
from report import holds


BATCH_WAIT_S = 15


def send_scenario(context):
    report, topic = context.report, context.topic
    inbox = Inbox()
    context.consumer("send", inbox.add)
    sender = Sender(context.producer(), topic, ("Tag0", "Tag1", "Tag2"))
    sender.send(40 * SCALE)
    report.check("each synchronous send is acknowledged", not sender.failures, sender.failures)
    keys = sender.acknowledged
    holds(lambda: inbox.has_all(keys))
    report.equal("as many messages are read as were sent", [], inbox.missing(keys))
    wrong = []
    for key in keys:
        given, result = inbox.first.get(key), sender.results[key]
        if given is None or given.queue_offset != result.offset or given.body != ("body of " + key).encode():
            wrong.append(key)
    report.equal("each message stands at its offset", [], wrong)
    _send_async(context, inbox)
    _send_oneway(context, inbox)
    _send_unusual(context, inbox)
    made = Sender(context.producer(), context.name("made-by-sending"))
    made.send(1)
    report.check("a send makes a missing topic", not made.failures, made.failures)
    report.equal("no message is given twice", 0, inbox.repeats())


def _send_async(context, inbox):
    producer = context.producer()
    keys = ["async-%d" % number for number in range(100 * SCALE)]
    lock, results, failures = threading.Lock(), [], []

    def succeeded(result):
        with lock:
            results.append(result)

    def failed(error):
        with lock:
            failures.append(str(error))

    messages = [new_message(context.topic, "TagA", key) for key in keys]
    for message in messages:
        producer.send_async(message, succeeded, failed)
    holds(lambda: len(results) + len(failures) == len(keys))
    context.report.equal("each asynchronous send is acknowledged", (len(keys), []), (len(results), failures))
    holds(lambda: inbox.has_all(keys))
    context.report.equal("as many asynchronous messages are read as were sent", [], inbox.missing(keys))


def _send_oneway(context, inbox):
    producer = context.producer()
    keys = ["oneway-%d" % number for number in range(50 * SCALE)]
    for key in keys:
        producer.send_oneway(new_message(context.topic, "TagA", key))
    holds(lambda: inbox.has_all(keys))
    context.report.equal("every one-way message arrives", [], inbox.missing(keys))


def _send_unusual(context, inbox):
    """Large and compressed bodies, letters outside ASCII. The library reads a body up to its first zero."""
    report = context.report
    plain = context.producer()
    ffi.dll.SetProducerCompressMsgBodyOverHowmuch(ffi.c_void_p(plain._handle), BODY_BYTES_MAX + 1)
    compressing = context.producer(compress_level=5)
    source = random.Random(7)
    compressible = b"0123456789abcdef" * (16 * 1024)
    bodies = {
        "random": bytes(source.randrange(1, 256) for _ in range(1024)) * (BODY_BYTES_MAX // 1024),
        "binary": bytes(range(1, 256)),
        "Schlüssel-键": "über 消息 😀".encode(),
        "compressible": compressible,
    }
    for key, body in bodies.items():
        message = new_message(context.topic, "标签-ü", key, body)
        message.set_property("wörter", 'über "alles" \\ 消息')
        (compressing if key == "compressible" else plain).send_sync(message)
        holds(lambda: inbox.has_all([key]))
        read = inbox.first.get(key)
        report.check("a body comes back whole: " + key, read is not None and read.body == body, read is not None)
        expected = ("标签-ü", 'über "alles" \\ 消息')
        report.equal("tags and properties come back: " + key, expected, (read and read.tag, read and read.word))
    stored = inbox.first["compressible"].store_size
    report.check("a compressible body is stored compressed", stored < len(compressible) / 10, stored)


def batch_scenario(context):
    inbox = Inbox()
    context.consumer("batch", inbox.add)
    # A larger one is compressed as a whole by this client, which no broker can read.
    keys = ["batch-%d" % number for number in range(12)]
    messages = [new_message(context.topic, "TagB", key) for key in keys]
    result = context.producer().send_batch(messages)
    # The library frees the messages of a batch with it.
    for message in messages:
        message._handle = None
    context.report.equal("a batch is acknowledged as a whole", 0, int(result.status))
    # Observed, not demanded: this client writes the mark of a batch as a digit, which RocketMQ takes for no mark.
    holds(lambda: inbox.has_all(keys), BATCH_WAIT_S)
    given = sorted(inbox.first.values(), key=lambda each: each.queue_offset)
    context.report.observe("messages of a batch, in the order of their offsets", [each.key for each in given])
    context.report.observe("queues of a batch", len({each.queue_id for each in given}))
