# What a scenario is given: names of its own, clients, and what consumers were given.
import itertools
import os
import threading
import time

from report import STANDSTILL_S, holds
from rocketmq import ffi
from rocketmq.client import Message, Producer, PullConsumer, PushConsumer, RecvMessage
from rocketmq.ffi import MessageModel

# How many times as many messages as in a quick run.
SCALE = int(os.environ.get("INTEROP_SCALE", "1"))
# As the harness makes topics.
QUEUES = 4
BODY_BYTES_MAX = 4 * 1024 * 1024
SEND_TIMEOUT_MS = 10000
GIVEN_BACK = 1
CONSUMED = 0

_instances = itertools.count(1)
# The binding ends a client when nobody refers to it.
_kept = []


class ScenarioContext:
    def __init__(self, nameserver, prefix, control, report, scenario):
        self.nameserver = nameserver
        self.prefix = prefix
        self.control = control
        self.report = report
        self.scenario = scenario
        # The one that the harness made for this scenario.
        self.topic = self.name(scenario)

    def name(self, word):
        return "%s-%s" % (self.prefix, word)

    def producer(self, **options):
        # A group of its own for each: the library has one producer of a group in a process.
        group = self.name("%s-producer-%d" % (self.scenario, next(_instances)))
        producer = Producer(group, timeout=SEND_TIMEOUT_MS, max_message_size=2 * BODY_BYTES_MAX, **options)
        producer.set_namesrv_addr(self.nameserver)
        ffi.dll.SetProducerInstanceName(producer._handle, _instance(self.prefix))
        producer.start()
        _kept.append(producer)
        return producer

    def consumer(self, group, consume, tags="*", topic=None, orderly=False, broadcast=False):
        def start():
            return start_consumer(
                self.nameserver, self.name(group), topic or self.topic, consume, tags, orderly, broadcast
            )

        consumer = start()
        consumer.start_again = start
        return consumer

    def await_given(self, consumer, missing):
        """Waits until nothing is `missing()`, for what a concurrent consumer is given of a long flow.

        The library numbers two requests alike at times (apache/rocketmq-client-cpp issues 79 and 84): the answer of
        one is lost, and it asks that queue for nothing any more. A consumer at a standstill is ended and started
        again, as its users do; the broker must have kept for its group what it was not given.
        """
        if holds(lambda: not missing(), STANDSTILL_S):
            return
        self.report.event("a consumer stands still and is started again", "%d missing" % len(missing()))
        consumer.shutdown()
        consumer.start_again()
        holds(lambda: not missing())

    def pull_consumer(self, group):
        consumer = PullConsumer(self.name(group))
        # The binding keeps the offsets of all consumers in one table.
        consumer.offset_table = {}
        consumer.set_namesrv_addr(self.nameserver)
        consumer.start()
        _kept.append(consumer)
        return consumer


def start_consumer(nameserver, group, topic, consume, tags="*", orderly=False, broadcast=False):
    """`consume` is given each message and returns GIVEN_BACK, or anything else when it is done with it.

    The callback is the library's own: the binding's turns an exception into success.
    """

    def on_message(_consumer, handle):
        return GIVEN_BACK if consume(Given(RecvMessage(handle))) == GIVEN_BACK else CONSUMED

    model = MessageModel.BROADCASTING if broadcast else MessageModel.CLUSTERING
    consumer = PushConsumer(group, orderly=orderly, message_model=model)
    consumer.set_namesrv_addr(nameserver)
    consumer.set_instance_name(_instance("consumer"))
    consumer.set_thread_count(2)
    # Of several messages at a time the callback is given the first one only.
    consumer.set_message_batch_max_size(1)
    ffi.dll.Subscribe(consumer._handle, topic.encode(), tags.encode())
    consumer._register_callback(on_message)
    consumer.start()
    _kept.append(consumer)
    return consumer


def _instance(word):
    """Clients of one name would share connections and a client id."""
    return ("%s-%d-%d" % (word, os.getpid(), next(_instances))).encode()


class Given:
    """A message, read while the library still has it."""

    def __init__(self, message):
        self.key = message.keys.decode()
        self.tag = message.tags.decode()
        self.topic = message.topic
        self.body = message.body
        self.id = message.id
        self.queue_id = message.queue_id
        self.queue_offset = message.queue_offset
        self.store_size = message.store_size
        self.reconsume_times = message.reconsume_times
        self.delay_level = message.delay_time_level
        self.word = (message.get_property("wörter") or b"").decode()
        self.origin = (message.get_property("ORIGIN_MESSAGE_ID") or b"").decode()
        self.at = time.time()


class Inbox:
    """How often each message came, the first of each, and all in the order in which they came."""

    def __init__(self):
        self.lock = threading.Lock()
        self.times = {}
        self.first = {}
        self.order = []

    def add(self, given):
        with self.lock:
            if given.key not in self.times:
                self.first[given.key] = given
                self.order.append(given.key)
            self.times[given.key] = self.times.get(given.key, 0) + 1

    def missing(self, keys):
        return [key for key in keys if key not in self.times]

    def has_all(self, keys):
        return not self.missing(keys)

    def beyond(self, keys):
        with self.lock:
            return sorted(set(self.times) - set(keys))

    def repeats(self):
        with self.lock:
            return sum(times - 1 for times in self.times.values())


def new_message(topic, tag, key, body=None):
    message = Message(topic)
    message.set_tags(tag)
    message.set_keys(key)
    body = ("body of " + key).encode() if body is None else body
    ffi.dll.SetByteMessageBody(message._handle, body, len(body))
    return message


class Sender:
    """Sends numbered messages and remembers what was acknowledged."""

    def __init__(self, producer, topic, tags=("TagA",)):
        self.producer = producer
        self.topic = topic
        self.tags = tags
        self.acknowledged = []
        self.results = {}
        self.failures = []
        self._next = 0
        self._is_stopping = False

    def send_one(self):
        key = "%s-%d" % (self.topic, self._next)
        message = new_message(self.topic, self.tags[self._next % len(self.tags)], key)
        self._next += 1
        try:
            result = self.producer.send_sync(message)
        except Exception as refused:
            self.failures.append("%s: %s" % (key, refused))
            return
        if result.status != 0:
            self.failures.append("%s: %s" % (key, result))
            return
        self.results[key] = result
        self.acknowledged.append(key)

    def send(self, count):
        for _ in range(count):
            self.send_one()

    def start_flow(self, pause_s):
        """Goes on sending in the background, a message every few milliseconds."""

        def flow():
            while not self._is_stopping:
                self.send_one()
                time.sleep(pause_s)

        self._thread = threading.Thread(target=flow, daemon=True)
        self._thread.start()

    def stop_flow(self):
        self._is_stopping = True
        self._thread.join()
