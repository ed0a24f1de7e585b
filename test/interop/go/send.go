// Every way to send, read back whole: nothing lost, nothing added, each where its acknowledgement said.
package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"sort"
	"strings"
	"sync"

	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
)

const bodyBytesMax = 4 * 1024 * 1024

func sendScenario(c *scenarioContext) {
	inbox := newInbox()
	c.consumer("send", c.topic(), "*", inbox.listener)
	sender := newSender(c.producer(), c.topic())
	sender.tags = []string{"Tag0", "Tag1", "Tag2"}
	sender.send(40 * scale)
	c.report.check("each synchronous send is acknowledged", len(sender.failures) == 0, sender.failures)
	keys := sender.keys()
	holds(func() bool { return inbox.hasAll(keys) })
	c.report.check("as many messages are read as were sent", inbox.hasAll(keys), inbox.missing(keys))
	c.report.check("each message stands at its queue and offset, with its ids", len(wrongPlaces(sender, inbox)) == 0, wrongPlaces(sender, inbox))
	result := sender.results[keys[0]]
	c.report.observe("shape of a result", map[string]interface{}{"region": result.RegionID, "isTraceOn": result.TraceOn,
		"offsetMessageIdLength": len(result.OffsetMsgID), "hasTransactionId": result.TransactionID != ""})
	c.report.observe("properties of a message read back", propertyNames(inbox.get(keys[0])))
	sendAsync(c, inbox)
	sendOneway(c, inbox)
	sendUnusual(c, inbox)
	sendEmpty(c)
	sendMakesTopic(c)
}

func wrongPlaces(sender *sender, inbox *inbox) []string {
	wrong := []string{}
	for key, result := range sender.results {
		message := inbox.get(key)
		if message == nil || message.Queue.QueueId != result.MessageQueue.QueueId || message.QueueOffset != result.QueueOffset ||
			string(message.Body) != "body of "+key || message.MsgId != result.MsgID || message.OffsetMsgId != result.OffsetMsgID {
			wrong = append(wrong, fmt.Sprint(key, ": ", result, " but ", message))
		}
	}
	return wrong
}

func propertyNames(message *primitive.MessageExt) []string {
	names := []string{}
	for name := range message.GetProperties() {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func sendAsync(c *scenarioContext, inbox *inbox) {
	made := c.producer()
	var answers sync.WaitGroup
	var mutex sync.Mutex
	keys, failures := []string{}, []string{}
	for number := 0; number < 100*scale; number++ {
		key := fmt.Sprintf("async-%d", number)
		answers.Add(1)
		err := made.SendAsync(context.Background(), func(_ context.Context, result *primitive.SendResult, err error) {
			mutex.Lock()
			defer mutex.Unlock()
			defer answers.Done()
			if err != nil || result.Status != primitive.SendOK {
				failures = append(failures, fmt.Sprint(key, ": ", err))
			}
		}, newMessage(c.topic(), "TagA", key))
		must("an asynchronous send", err)
		keys = append(keys, key)
	}
	answers.Wait()
	c.report.check("each asynchronous send is acknowledged", len(failures) == 0, failures)
	holds(func() bool { return inbox.hasAll(keys) })
	c.report.check("as many asynchronous messages are read as were sent", inbox.hasAll(keys), inbox.missing(keys))
}

func sendOneway(c *scenarioContext, inbox *inbox) {
	made := c.producer()
	keys := []string{}
	for number := 0; number < 50*scale; number++ {
		key := fmt.Sprintf("oneway-%d", number)
		must("a one-way send", made.SendOneWay(context.Background(), newMessage(c.topic(), "TagA", key)))
		keys = append(keys, key)
	}
	holds(func() bool { return inbox.hasAll(keys) })
	c.report.check("every one-way message arrives", inbox.hasAll(keys), inbox.missing(keys))
	c.report.equal("no message is given twice", 0, inbox.repeats())
}

// Large, empty and binary bodies, compressed ones, and letters outside ASCII.
func sendUnusual(c *scenarioContext, inbox *inbox) {
	random := make([]byte, bodyBytesMax)
	rand.New(rand.NewSource(7)).Read(random)
	binary := make([]byte, 256)
	for at := range binary {
		binary[at] = byte(at)
	}
	plain := c.producer(producer.WithCompressLevel(0))
	compressing := c.producer(producer.WithCompressMsgBodyOverHowmuch(4096))
	bodies := map[string][]byte{"random": random, "binary": binary, "compressible": bytes.Repeat([]byte("0123456789abcdef"), 16*1024),
		"Schlüssel-键": []byte("über 消息 \U0001F600")}
	for key, body := range bodies {
		message := primitive.NewMessage(c.topic(), body).WithTag("标签-ü").WithKeys([]string{key})
		message.WithProperty("wörter", "über \"alles\" \\ 消息")
		made := plain
		if key == "compressible" {
			made = compressing
		}
		_, err := made.SendSync(context.Background(), message)
		c.report.check("a send is acknowledged: "+key, err == nil, err)
		holds(func() bool { return inbox.hasAll([]string{key}) })
		read := inbox.get(key)
		c.report.check("its body comes back whole: "+key, read != nil && bytes.Equal(read.Body, body), read != nil)
		if read != nil {
			c.report.equal("tags and properties come back: "+key, []string{"标签-ü", "über \"alles\" \\ 消息"},
				[]string{read.GetTags(), read.GetProperty("wörter")})
		}
	}
	compressed := inbox.get("compressible")
	c.report.check("a compressible body is stored compressed", compressed != nil && int(compressed.StoreSize) < len(bodies["compressible"])/10,
		compressed != nil)
}

// sendEmpty sends a message without a body, and expects nothing: servers differ.
func sendEmpty(c *scenarioContext) {
	_, err := c.producer().SendSync(context.Background(), primitive.NewMessage(c.topic(), []byte{}).WithKeys([]string{"empty"}))
	c.report.observe("an empty body is accepted", err == nil)
}

func sendMakesTopic(c *scenarioContext) {
	sender := newSender(c.producer(), c.name("made-by-sending"))
	sender.send(1)
	c.report.check("a send makes a missing topic", len(sender.failures) == 0, sender.failures)
}

func batchScenario(c *scenarioContext) {
	inbox := newInbox()
	c.consumer("batch", c.topic(), "*", inbox.listener)
	batch, keys := []*primitive.Message{}, []string{}
	for number := 0; number < 60; number++ {
		keys = append(keys, fmt.Sprintf("batch-%d", number))
		batch = append(batch, newMessage(c.topic(), "TagB", keys[number]))
	}
	result, err := c.producer().SendSync(context.Background(), batch...)
	must("a batch", err)
	c.report.equal("a batch is acknowledged as a whole", primitive.SendOK, result.Status)
	c.report.equal("a batch has an id for each message", len(batch), len(strings.Split(result.OffsetMsgID, ",")))
	holds(func() bool { return inbox.hasAll(keys) })
	c.report.check("every message of a batch is read", inbox.hasAll(keys), inbox.missing(keys))
	c.report.equal("a batch lies in one queue, in order", map[int][]string{result.MessageQueue.QueueId: keys}, inQueueOrder(inbox))
	first := inbox.get(keys[0])
	c.report.equal("from the offset of its result", result.QueueOffset, first.QueueOffset)
	c.report.observe("properties of a message of a batch", propertyNames(first))
}

// inQueueOrder sorts by offset: concurrent consumers are given a queue's messages side by side.
func inQueueOrder(inbox *inbox) map[int][]string {
	queues := inbox.byQueue()
	for _, keys := range queues {
		sort.Slice(keys, func(one, other int) bool {
			return inbox.get(keys[one]).QueueOffset < inbox.get(keys[other]).QueueOffset
		})
	}
	return queues
}
