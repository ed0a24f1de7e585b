// What a scenario is given: names of its own, and clients that are shut down after it.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
)

const (
	// As the harness makes topics, on brokers of this name.
	queueCount  = 4
	brokerName  = "broker-a"
	sendTimeout = 10 * time.Second
)

// How many times as many messages as in a quick run.
var scale = func() int {
	if value, err := strconv.Atoi(os.Getenv("INTEROP_SCALE")); err == nil {
		return value
	}
	return 1
}()

var instances atomic.Int64

type listener func(context.Context, ...*primitive.MessageExt) (consumer.ConsumeResult, error)

type scenarioContext struct {
	report     *report
	control    *control
	nameserver string
	prefix     string
	scenario   string
	endings    []func()
}

func (c *scenarioContext) name(word string) string { return c.prefix + "-" + word }

// topic is the one that the harness made for this scenario.
func (c *scenarioContext) topic() string { return c.name(c.scenario) }

// instance makes each client one of its own: those with one name share connections and a client id.
func (c *scenarioContext) instance() string {
	return fmt.Sprintf("%s-%d", c.prefix, instances.Add(1))
}

func (c *scenarioContext) producer(options ...producer.Option) rocketmq.Producer {
	made, err := rocketmq.NewProducer(append([]producer.Option{
		producer.WithNsResolver(primitive.NewPassthroughResolver([]string{c.nameserver})),
		producer.WithGroupName(c.name(c.scenario + "-producer")),
		producer.WithInstanceName(c.instance()),
		producer.WithSendMsgTimeout(sendTimeout),
		producer.WithRetry(2),
	}, options...)...)
	must("a producer", err)
	must("start of a producer", made.Start())
	c.endings = append(c.endings, func() { _ = made.Shutdown() })
	return made
}

type member struct {
	rocketmq.PushConsumer
	isStopped atomic.Bool
}

func (m *member) stop() {
	if m.isStopped.CompareAndSwap(false, true) {
		_ = m.Shutdown()
	}
}

func (c *scenarioContext) consumer(group, topic, tags string, consume listener, options ...consumer.Option) *member {
	made, err := rocketmq.NewPushConsumer(append([]consumer.Option{
		consumer.WithNsResolver(primitive.NewPassthroughResolver([]string{c.nameserver})),
		consumer.WithGroupName(c.name(group)),
		consumer.WithInstance(c.instance()),
		consumer.WithConsumeFromWhere(consumer.ConsumeFromFirstOffset),
	}, options...)...)
	must("a consumer", err)
	must("a subscription", made.Subscribe(topic, consumer.MessageSelector{Type: consumer.TAG, Expression: tags}, consume))
	must("start of a consumer", made.Start())
	member := &member{PushConsumer: made}
	c.endings = append(c.endings, member.stop)
	return member
}

func (c *scenarioContext) pullConsumer(group, topic, tags string) rocketmq.PullConsumer {
	made, err := rocketmq.NewPullConsumer(
		consumer.WithNsResolver(primitive.NewPassthroughResolver([]string{c.nameserver})),
		consumer.WithGroupName(c.name(group)),
		consumer.WithInstance(c.instance()),
	)
	must("a pull consumer", err)
	must("a subscription", made.Subscribe(topic, consumer.MessageSelector{Type: consumer.TAG, Expression: tags}))
	must("start of a pull consumer", made.Start())
	c.endings = append(c.endings, func() { _ = made.Shutdown() })
	return made
}

func (c *scenarioContext) close() {
	for at := len(c.endings) - 1; at >= 0; at-- {
		c.endings[at]()
	}
}
