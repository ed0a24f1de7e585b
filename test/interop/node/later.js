// Messages for later: sent with a delay level, or given back by a consumer until they are dead letters.
import { giveBack, Inbox, newMessage, propertyNames, scale } from "./context.js";
import { holds, must } from "./report.js";

/** As the harness configures both servers; the first retry has level 3, the next one level 4. */
const levelMs = [0, 1_000, 2_000, 3_000, 4_000];

export async function delayScenario(context) {
  const { report, topic } = context;
  const inbox = new Inbox();
  await context.consumer("delay", inbox.listener);
  const producer = await context.producer();
  const sentAt = new Map();
  for (let number = 0; number < 10 * scale; number++) {
    for (const level of [3, 2, 1, 0]) {
      const message = newMessage(topic, `Tag${level}`, `${level}/${number}`);
      if (level > 0) {
        message.delayTimeLevel = level;
      }
      sentAt.set(message.keys, Date.now());
      await producer.send(message);
    }
  }
  const keys = [...sentAt.keys()];
  await holds(() => inbox.hasAll(keys));
  report.equal("every delayed message is given", [], inbox.missing(keys));
  report.equal("no delayed message is given twice", 0, inbox.repeats());
  const early = keys.filter(
    (key) => inbox.arrivedAt.get(key) - sentAt.get(key) < levelMs[Number(key[0])],
  );
  report.equal("none comes before its time", [], early);
  const one = inbox.messages.get("2/0");
  report.equal(
    "a delayed message is given as it was sent",
    [topic, "body of 2/0", "Tag2", 2],
    [one?.topic, one?.body.toString(), one?.tags, one?.delayTimeLevel],
  );
  report.observe("properties of a delayed message", propertyNames(one));
}

export async function retryScenario(context) {
  const { report, topic } = context;
  const times = {};
  const at = {};
  const last = {};
  const consume = async (message) => {
    const key = message.keys;
    times[key] = [...(times[key] ?? []), message.reconsumeTimes];
    at[key] = [...(at[key] ?? []), Date.now()];
    last[key] = message;
    if (key.startsWith("bad") || (key.startsWith("better") && message.reconsumeTimes === 0)) {
      giveBack(message);
    }
  };
  await context.consumer("retry", consume, { maxReconsumeTimes: 2 });
  const producer = await context.producer();
  for (const key of ["good-0", "bad-1", "bad-2", "better-3"]) {
    await producer.send(newMessage(topic, "TagA", key));
  }
  const expected = { "bad-1": [0, 1, 2], "bad-2": [0, 1, 2], "better-3": [0, 1], "good-0": [0] };
  const sorted = () => Object.fromEntries(Object.entries(times).sort());
  await holds(() => JSON.stringify(sorted()) === JSON.stringify(expected));
  report.equal("each message comes as often as it was given back", expected, sorted());
  const gaps = at["bad-1"].slice(1).map((time, index) => time - at["bad-1"][index]);
  const isLater = gaps[0] >= levelMs[3] && gaps[1] >= levelMs[4];
  report.check("each time later than before", isLater, gaps);
  const again = last["better-3"];
  report.equal(
    "a message comes again as it was sent",
    [topic, "body of better-3", "TagA"],
    [again.topic, again.body.toString(), again.tags],
  );
  report.observe("properties of a message given again", propertyNames(again));

  const deadTopic = `%DLQ%${context.name("retry")}`;
  await must("the topic of dead letters", () => hasRoute(producer, deadTopic));
  const dead = new Inbox();
  await context.consumer("retry-dead", dead.listener, { topic: deadTopic });
  const bad = ["bad-1", "bad-2"];
  await holds(() => dead.hasAll(bad));
  const seen = [dead.missing(bad), dead.beyond(bad)];
  report.equal("what is given back too often lies among the dead letters", [[], []], seen);
  const letter = dead.messages.get("bad-1");
  report.equal("a dead letter is what was sent", "body of bad-1", letter?.body.toString());
  report.observe("properties of a dead letter", propertyNames(letter));
  report.observe("times of dead letters", bad.map((key) => dead.messages.get(key)?.reconsumeTimes));
}

/** The client has no public question for it; a subscription to a topic that is not there is an error. */
async function hasRoute(producer, topic) {
  try {
    return (await producer._mqClient.getTopicRouteInfoFromNameServer(topic, 3_000)) !== undefined;
  } catch {
    return false;
  }
}
