// Consumers of one group come, go and are killed under load: each queue has one owner once settled, nothing is lost.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"sync"
	"time"

	"github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
)

const flowPause = 5 * time.Millisecond

// owners remembers who was given a message of a queue last.
type owners struct {
	mutex sync.Mutex
	last  map[int]string
}

func newOwners() *owners { return &owners{last: map[int]string{}} }

func (o *owners) set(queue int, owner string) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.last[queue] = owner
}

// shares is how many queues each owner has, smallest first.
func (o *owners) shares() []int {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	counts := map[string]int{}
	for _, owner := range o.last {
		counts[owner]++
	}
	shares := []int{}
	for _, count := range counts {
		shares = append(shares, count)
	}
	sort.Ints(shares)
	return shares
}

func (o *owners) listener(inbox *inbox, name string) listener {
	return func(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
		for _, message := range messages {
			inbox.add(message)
			o.set(message.Queue.QueueId, name)
		}
		return consumer.ConsumeSuccess, nil
	}
}

func rebalanceScenario(c *scenarioContext) {
	inbox, owners := newInbox(), newOwners()
	sender := newSender(c.producer(), c.topic())
	sender.startFlow(flowPause)
	first := c.consumer("rebalance", c.topic(), "*", owners.listener(inbox, "first"))
	settle := func(what string, shares ...int) {
		startedAt := time.Now()
		isSettled := holds(func() bool { return fmt.Sprint(owners.shares()) == fmt.Sprint(shares) })
		c.report.check(what, isSettled, fmt.Sprint(owners.shares(), " after ", time.Since(startedAt).Milliseconds(), " ms"))
	}
	settle("one consumer has all queues", queueCount)
	flowOn(sender)
	c.consumer("rebalance", c.topic(), "*", owners.listener(inbox, "second"))
	settle("two consumers share the queues", 2, 2)
	flowOn(sender)
	c.consumer("rebalance", c.topic(), "*", owners.listener(inbox, "third"))
	settle("three consumers share the queues after one joined", 1, 1, 2)
	flowOn(sender)
	first.stop()
	settle("two consumers share the queues after one left", 2, 2)
	flowOn(sender)
	sender.stopFlow()
	accountFor(c, sender, inbox, map[string]bool{})
}

// flowOn lets messages pass through the consumers as they now share the queues.
func flowOn(sender *sender) {
	before := sender.count()
	await("more messages", func() bool { return sender.count() >= before+50*scale })
}

func accountFor(c *scenarioContext, sender *sender, inbox *inbox, elsewhere map[string]bool) {
	keys := sender.keys()
	missing := func() []string {
		missing := []string{}
		for _, key := range inbox.missing(keys) {
			if !elsewhere[key] {
				missing = append(missing, key)
			}
		}
		return missing
	}
	holds(func() bool { return len(missing()) == 0 })
	c.report.check("each send was acknowledged", len(sender.failures) == 0 && len(keys) > queueCount, sender.failures)
	c.report.check("every message is accounted for", len(missing()) == 0, missing())
	c.report.check("and no other was given", len(inbox.beyond(keys)) == 0, inbox.beyond(keys))
	c.report.event("accounted", fmt.Sprintf("%d messages, %d given again, %d elsewhere", len(keys), inbox.repeats(), len(elsewhere)))
}

func killedScenario(c *scenarioContext) {
	inbox, owners := newInbox(), newOwners()
	c.consumer("killed", c.topic(), "*", owners.listener(inbox, "survivor"))
	sender := newSender(c.producer(), c.topic())
	sender.startFlow(flowPause)
	member := exec.Command(os.Args[0], "member", c.nameserver, c.name("killed"), c.topic())
	words, err := member.StdoutPipe()
	must("a pipe", err)
	member.Stderr = os.Stderr
	must("start of a member", member.Start())
	given, heard := map[string]bool{}, make(chan struct{})
	go func() {
		defer close(heard)
		for lines := bufio.NewScanner(words); lines.Scan(); {
			var queue int
			var key string
			if _, err := fmt.Sscan(lines.Text(), &queue, &key); err == nil {
				owners.mutex.Lock()
				given[key] = true
				owners.last[queue] = "killed"
				owners.mutex.Unlock()
			}
		}
	}()
	isShared := holds(func() bool { return fmt.Sprint(owners.shares()) == "[2 2]" })
	c.report.check("a consumer in another process takes its share", isShared, owners.shares())
	flowOn(sender)
	must("a kill", member.Process.Kill())
	<-heard
	_ = member.Wait()
	isTaken := holds(func() bool { return fmt.Sprint(owners.shares()) == "[4]" })
	c.report.check("the one that is left is told that the other was killed", isTaken, owners.shares())
	sender.stopFlow()
	accountFor(c, sender, inbox, given)
}

// runMember is a consumer in a process of its own, to be killed: it says the queue and key of each message.
func runMember(nameserver, group, topic string) {
	member, err := rocketmq.NewPushConsumer(
		consumer.WithNsResolver(primitive.NewPassthroughResolver([]string{nameserver})),
		consumer.WithGroupName(group),
		consumer.WithInstance("member"),
		consumer.WithConsumeFromWhere(consumer.ConsumeFromFirstOffset),
	)
	must("a member", err)
	must("a subscription", member.Subscribe(topic, consumer.MessageSelector{}, func(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
		for _, message := range messages {
			output.Lock()
			fmt.Println(message.Queue.QueueId, message.GetKeys())
			output.Unlock()
		}
		return consumer.ConsumeSuccess, nil
	}))
	must("start of a member", member.Start())
	select {}
}
