// Messages for later: sent with a delay level, or given back by a consumer, again and again, until they are dead letters.
package main

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
)

// As the harness configures both servers; the first retry has level 3, the next one level 4.
var levels = map[int]time.Duration{0: 0, 1: time.Second, 2: 2 * time.Second, 3: 3 * time.Second, 4: 4 * time.Second}

// The clocks of both sides are read in milliseconds.
const clockStep = time.Millisecond

func delayScenario(c *scenarioContext) {
	inbox := newInbox()
	c.consumer("delay", c.topic(), "*", inbox.listener)
	made := c.producer()
	sentAt, keys := map[string]time.Time{}, []string{}
	for number := 0; number < 10*scale; number++ {
		for level := 3; level >= 0; level-- {
			message := newMessage(c.topic(), fmt.Sprint("Tag", level), fmt.Sprintf("%d/%d", level, number))
			if level > 0 {
				message.WithDelayTimeLevel(level)
			}
			keys = append(keys, message.GetKeys())
			sentAt[message.GetKeys()] = time.Now()
			_, err := made.SendSync(context.Background(), message)
			must("a delayed send", err)
		}
	}
	holds(func() bool { return inbox.hasAll(keys) })
	c.report.check("every delayed message is given", inbox.hasAll(keys), inbox.missing(keys))
	c.report.equal("no delayed message is given twice", 0, inbox.repeats())
	early := []string{}
	for key, at := range inbox.arrived {
		if late := at.Sub(sentAt[key]) - levels[int(key[0]-'0')]; late < -clockStep {
			early = append(early, fmt.Sprint(key, " by ", -late))
		}
	}
	c.report.equal("none comes before its time", []string{}, early)
	one := inbox.get("2/0")
	c.report.equal("a delayed message is given as it was sent", []string{c.topic(), "body of 2/0", "Tag2"}, []string{one.Topic, string(one.Body), one.GetTags()})
	c.report.observe("properties of a delayed message", propertyNames(one))
}

// deliveries remembers the reconsume times that each message came with, and when.
type deliveries struct {
	mutex sync.Mutex
	times map[string][]int32
	at    map[string][]time.Time
	last  map[string]*primitive.MessageExt
}

func (d *deliveries) add(message *primitive.MessageExt) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	key := message.GetKeys()
	d.times[key] = append(d.times[key], message.ReconsumeTimes)
	d.at[key] = append(d.at[key], time.Now())
	d.last[key] = message
}

func (d *deliveries) text() string {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return fmt.Sprint(d.times)
}

func retryScenario(c *scenarioContext) {
	given := &deliveries{times: map[string][]int32{}, at: map[string][]time.Time{}, last: map[string]*primitive.MessageExt{}}
	c.consumer("retry", c.topic(), "*", func(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
		message := messages[0]
		given.add(message)
		if strings.HasPrefix(message.GetKeys(), "bad") || (strings.HasPrefix(message.GetKeys(), "better") && message.ReconsumeTimes == 0) {
			return consumer.ConsumeRetryLater, nil
		}
		return consumer.ConsumeSuccess, nil
	}, consumer.WithMaxReconsumeTimes(2))
	made := c.producer()
	for _, key := range []string{"good-0", "bad-1", "bad-2", "better-3"} {
		_, err := made.SendSync(context.Background(), newMessage(c.topic(), "TagA", key))
		must("a send", err)
	}
	expected := fmt.Sprint(map[string][]int32{"good-0": {0}, "bad-1": {0, 1, 2}, "bad-2": {0, 1, 2}, "better-3": {0, 1}})
	holds(func() bool { return given.text() == expected })
	c.report.equal("each message comes as often as it was given back", expected, given.text())
	at := given.at["bad-1"]
	c.report.check("each time later than before", len(at) == 3 && at[1].Sub(at[0]) >= levels[3]-clockStep && at[2].Sub(at[1]) >= levels[4]-clockStep, at)
	again := given.last["better-3"]
	c.report.equal("a message comes again as it was sent", []string{c.topic(), "body of better-3", "TagA"}, []string{again.Topic, string(again.Body), again.GetTags()})
	c.report.observe("properties of a message given again", propertyNames(again))

	dead := newInbox()
	deadTopic := "%DLQ%" + c.name("retry")
	await("the topic of dead letters", func() bool { return isConsuming(c, deadTopic, dead) })
	bad := []string{"bad-1", "bad-2"}
	holds(func() bool { return dead.hasAll(bad) })
	c.report.check("what is given back too often lies among the dead letters", dead.hasAll(bad) && len(dead.beyond(bad)) == 0,
		fmt.Sprint("missing ", dead.missing(bad), ", besides ", dead.beyond(bad)))
	c.report.equal("a dead letter is what was sent", "body of bad-1", string(dead.get("bad-1").Body))
	c.report.observe("properties of a dead letter", propertyNames(dead.get("bad-1")))
	times := []int32{dead.get("bad-1").ReconsumeTimes, dead.get("bad-2").ReconsumeTimes}
	sort.Slice(times, func(one, other int) bool { return times[one] < times[other] })
	c.report.observe("times of dead letters", times)
}

// isConsuming starts a consumer; this client refuses a topic that is not there yet.
func isConsuming(c *scenarioContext, topic string, inbox *inbox) (isStarted bool) {
	defer func() {
		if recover() != nil {
			isStarted = false
		}
	}()
	c.consumer("retry-dead", topic, "*", inbox.listener)
	return true
}
