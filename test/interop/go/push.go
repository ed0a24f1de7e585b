// Push consumers: concurrent, orderly and broadcast; everything once, tags chosen by the broker, offsets kept.
package main

import (
	"context"
	"fmt"

	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
)

func pushScenario(c *scenarioContext) {
	everything, chosen := newInbox(), newInbox()
	first := c.consumer("push-all", c.topic(), "*", everything.listener)
	c.consumer("push-tags", c.topic(), "TagA || TagC", chosen.listener)
	beyondAscii := newInbox()
	c.consumer("push-letters", c.topic(), "标签 || TagE", beyondAscii.listener)
	sender := newSender(c.producer(), c.topic())
	sender.tags = []string{"TagA", "TagB", "TagC", "标签"}
	sender.send(200 * scale)
	c.report.check("each send is acknowledged", len(sender.failures) == 0, sender.failures)
	keys := sender.keys()
	holds(func() bool { return everything.hasAll(keys) })
	c.report.check("a push consumer is given every message", everything.hasAll(keys), everything.missing(keys))
	c.report.check("and nothing else", len(everything.beyond(keys)) == 0, everything.beyond(keys))
	c.report.equal("no message is given twice", 0, everything.repeats())
	wanted := []string{}
	for at, key := range keys {
		if at%2 == 0 {
			wanted = append(wanted, key)
		}
	}
	holds(func() bool { return chosen.hasAll(wanted) })
	c.report.check("a consumer of two tags is given each of their messages", chosen.hasAll(wanted), chosen.missing(wanted))
	c.report.check("and none of another tag", len(chosen.beyond(wanted)) == 0, chosen.beyond(wanted))

	// Behind a message of TagE in each queue nothing is outstanding.
	ends := newSender(c.producer(), c.topic())
	ends.next, ends.tags = len(keys), []string{"TagE"}
	ends.send(2 * queueCount)
	holds(func() bool { return beyondAscii.hasAll(ends.keys()) && everything.hasAll(ends.keys()) })
	c.report.observe("messages given to a consumer of a tag outside ASCII", len(beyondAscii.beyond(ends.keys()))/scale)
	keys = append(keys, ends.keys()...)
	sender.next = len(keys)

	await("the first consumer's offsets", func() bool { return isCaughtUp(first, c.topic()) })
	first.stop()
	sender.send(50 * scale)
	later := sender.keys()[len(sender.keys())-50*scale:]
	afterwards := newInbox()
	c.consumer("push-all", c.topic(), "*", afterwards.listener)
	holds(func() bool { return afterwards.hasAll(later) })
	c.report.check("the next consumer of a group goes on where the last one stopped", afterwards.hasAll(later) && len(afterwards.beyond(later)) == 0,
		fmt.Sprint("missing ", afterwards.missing(later), ", again ", afterwards.beyond(later)))
}

// isCaughtUp says that the offsets that the consumer would commit stand at the ends of its queues.
func isCaughtUp(member *member, topic string) bool {
	behind, isKnown := member.GetOffsetDiffMap()[topic]
	return isKnown && behind == 0
}

func orderlyScenario(c *scenarioContext) {
	inbox := newInbox()
	first := c.consumer("orderly", c.topic(), "*", inbox.listener, consumer.WithConsumerOrder(true))
	made := c.producer(producer.WithQueueSelector(producer.NewHashQueueSelector()))
	sent, count := map[int][]string{}, 0
	send := func(messages int) {
		for last := count + messages; count < last; count++ {
			shard := fmt.Sprint("shard-", count%6)
			key := fmt.Sprintf("%s/%d", shard, count)
			result, err := made.SendSync(context.Background(), newMessage(c.topic(), "TagA", key).WithShardingKey(shard))
			must("an ordered send", err)
			sent[result.MessageQueue.QueueId] = append(sent[result.MessageQueue.QueueId], key)
		}
	}
	isSame := func() bool { return fmt.Sprint(sent) == fmt.Sprint(inbox.byQueue()) }
	send(120 * scale)
	holds(isSame)
	c.report.equal("an orderly consumer is given each queue in its order", sent, inbox.byQueue())
	await("the first consumer's offsets", func() bool { return isCaughtUp(first, c.topic()) })
	first.stop()
	send(60 * scale)
	c.consumer("orderly", c.topic(), "*", inbox.listener, consumer.WithConsumerOrder(true))
	holds(isSame)
	c.report.equal("the next one takes over the locks and goes on in order", sent, inbox.byQueue())
}

func broadcastScenario(c *scenarioContext) {
	one, other := newInbox(), newInbox()
	c.consumer("broadcast", c.topic(), "*", one.listener, consumer.WithConsumerModel(consumer.BroadCasting))
	c.consumer("broadcast", c.topic(), "*", other.listener, consumer.WithConsumerModel(consumer.BroadCasting))
	sender := newSender(c.producer(), c.topic())
	sender.send(60 * scale)
	keys := sender.keys()
	holds(func() bool { return one.hasAll(keys) && other.hasAll(keys) })
	c.report.check("each broadcast consumer is given every message", one.hasAll(keys) && other.hasAll(keys),
		fmt.Sprint(one.missing(keys), " and ", other.missing(keys)))
	c.report.equal("and each message once", 0, one.repeats()+other.repeats())
}

func pullScenario(c *scenarioContext) {
	sender := newSender(c.producer(producer.WithQueueSelector(producer.NewManualQueueSelector())), c.topic())
	queue := &primitive.MessageQueue{Topic: c.topic(), BrokerName: brokerName, QueueId: 1}
	keys := []string{}
	for number := 0; number < 40; number++ {
		key := fmt.Sprintf("pull-%d", number)
		tag := "TagB"
		if number%4 == 0 {
			tag = "TagA"
		}
		message := newMessage(c.topic(), tag, key)
		message.Queue = queue
		_, err := sender.producer.SendSync(context.Background(), message)
		must("a send to a chosen queue", err)
		keys = append(keys, key)
	}
	all := c.pullConsumer("pull-all", c.topic(), "*")
	c.report.equal("a pull brings the messages from its offset on", keys[10:15], pullKeys(all, queue, 10, 5))
	read, next := []string{}, int64(0)
	for next < int64(len(keys)) {
		result, err := all.PullFrom(context.Background(), queue, next, 32)
		must("a pull", err)
		for _, message := range result.GetMessageExts() {
			read = append(read, message.GetKeys())
		}
		c.report.check("each pull says where to go on", result.NextBeginOffset > next && result.MinOffset == 0 && result.MaxOffset == int64(len(keys)), result)
		next = result.NextBeginOffset
	}
	c.report.equal("pulls one after another bring every message once", keys, read)
	tagged := c.pullConsumer("pull-tags", c.topic(), "TagA")
	c.report.equal("a pull with a tag skips the others", []string{keys[0], keys[4], keys[8]}, pullKeys(tagged, queue, 0, 3))
	result, err := all.PullFrom(context.Background(), queue, int64(len(keys))+100, 32)
	must("a pull beyond the end", err)
	c.report.observe("pull beyond the end", fmt.Sprint(result.Status, " ", result.NextBeginOffset))
}

func pullKeys(from interface {
	PullFrom(context.Context, *primitive.MessageQueue, int64, int) (*primitive.PullResult, error)
}, queue *primitive.MessageQueue, offset int64, count int) []string {
	result, err := from.PullFrom(context.Background(), queue, offset, count)
	must("a pull", err)
	keys := []string{}
	for _, message := range result.GetMessageExts() {
		keys = append(keys, message.GetKeys())
	}
	return keys
}
