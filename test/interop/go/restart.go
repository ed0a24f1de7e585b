// The broker is killed and started again under a sender and consumers: what was acknowledged is given, nothing is lost.
package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
)

func restartScenario(c *scenarioContext) {
	throughout, retrying := newInbox(), newInbox()
	c.consumer("restart", c.topic(), "*", throughout.listener)
	// Each tenth message is given back once: its retry is under way while the broker is killed.
	c.consumer("restart-retrying", c.topic(), "*", func(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
		message := messages[0]
		if strings.HasSuffix(message.GetKeys(), "0") && message.ReconsumeTimes == 0 {
			return consumer.ConsumeRetryLater, nil
		}
		retrying.add(message)
		return consumer.ConsumeSuccess, nil
	})
	made := c.producer()
	sender := newSender(made, c.topic())
	before := 80 * scale
	sender.send(before)
	c.report.check("each send before the kill is acknowledged", len(sender.failures) == 0, sender.failures)
	later := []string{}
	for number := 0; number < 20; number++ {
		key := fmt.Sprintf("later-%d", number)
		_, err := made.SendSync(context.Background(), newMessage(c.topic(), "TagA", key).WithDelayTimeLevel(4))
		must("a delayed send", err)
		later = append(later, key)
	}
	sender.startFlow(10 * time.Millisecond)
	await("the flow of messages", func() bool { return sender.count() > before })
	c.report.event("ready to be killed", fmt.Sprint(sender.count()))
	for !c.control.hasHeard("restarted") {
		time.Sleep(pollInterval)
	}
	atRestart := sender.count()
	isBack := holds(func() bool { return sender.count() >= atRestart+50*scale })
	c.report.check("sends are acknowledged again after the restart", isBack, sender.count()-atRestart)
	sender.stopFlow()
	c.report.event("sent", fmt.Sprintf("%d acknowledged, %d failed", sender.count(), len(sender.failures)))
	keys := append(sender.keys(), later...)
	holds(func() bool { return throughout.hasAll(keys) })
	c.report.check("a consumer that lived through it is given every acknowledged message", throughout.hasAll(keys), throughout.missing(keys))
	holds(func() bool { return retrying.hasAll(keys) })
	c.report.check("and so is one that gave messages back", retrying.hasAll(keys), retrying.missing(keys))
}
