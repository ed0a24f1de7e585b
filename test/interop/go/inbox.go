// What a consumer was given, and what a sender was told is kept.
package main

import (
	"context"
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
)

// inbox remembers how often each message came, and each queue's messages in the order of their first coming.
type inbox struct {
	mutex    sync.Mutex
	times    map[string]int
	messages map[string]*primitive.MessageExt
	queues   map[int][]string
	arrived  map[string]time.Time
}

func newInbox() *inbox {
	return &inbox{times: map[string]int{}, messages: map[string]*primitive.MessageExt{},
		queues: map[int][]string{}, arrived: map[string]time.Time{}}
}

func (i *inbox) add(message *primitive.MessageExt) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	key := message.GetKeys()
	if i.times[key] == 0 {
		i.messages[key] = message
		i.arrived[key] = time.Now()
		i.queues[message.Queue.QueueId] = append(i.queues[message.Queue.QueueId], key)
	}
	i.times[key]++
}

func (i *inbox) listener(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
	for _, message := range messages {
		i.add(message)
	}
	return consumer.ConsumeSuccess, nil
}

func (i *inbox) get(key string) *primitive.MessageExt {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.messages[key]
}

func (i *inbox) missing(keys []string) []string {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	missing := []string{}
	for _, key := range keys {
		if i.times[key] == 0 {
			missing = append(missing, key)
		}
	}
	return missing
}

func (i *inbox) hasAll(keys []string) bool { return len(i.missing(keys)) == 0 }

func (i *inbox) beyond(keys []string) []string {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	known := map[string]bool{}
	for _, key := range keys {
		known[key] = true
	}
	beyond := []string{}
	for key := range i.times {
		if !known[key] {
			beyond = append(beyond, key)
		}
	}
	sort.Strings(beyond)
	return beyond
}

func (i *inbox) repeats() int {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	repeats := 0
	for _, times := range i.times {
		repeats += times - 1
	}
	return repeats
}

func (i *inbox) byQueue() map[int][]string {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	copied := map[int][]string{}
	for queue, keys := range i.queues {
		copied[queue] = append([]string{}, keys...)
	}
	return copied
}

func newMessage(topic, tag, key string) *primitive.Message {
	return primitive.NewMessage(topic, []byte("body of "+key)).WithTag(tag).WithKeys([]string{key})
}

// sender sends numbered messages and remembers what was acknowledged.
type sender struct {
	mutex        sync.Mutex
	producer     rocketmq.Producer
	topic        string
	tags         []string
	next         int
	acknowledged []string
	results      map[string]*primitive.SendResult
	failures     []string
	stopping     chan struct{}
	stopped      chan struct{}
}

func newSender(producer rocketmq.Producer, topic string) *sender {
	return &sender{producer: producer, topic: topic, tags: []string{"TagA"}, results: map[string]*primitive.SendResult{}}
}

func (s *sender) sendOne() {
	key := fmt.Sprintf("%s-%d", s.topic, s.next)
	message := newMessage(s.topic, s.tags[s.next%len(s.tags)], key)
	s.next++
	result, err := s.producer.SendSync(context.Background(), message)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err != nil || result.Status != primitive.SendOK {
		s.failures = append(s.failures, fmt.Sprint(key, ": ", result, err))
		return
	}
	s.acknowledged = append(s.acknowledged, key)
	s.results[key] = result
}

func (s *sender) send(count int) {
	for sent := 0; sent < count; sent++ {
		s.sendOne()
	}
}

// startFlow goes on sending in the background, a message every few milliseconds.
func (s *sender) startFlow(pause time.Duration) {
	s.stopping, s.stopped = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(s.stopped)
		for {
			select {
			case <-s.stopping:
				return
			case <-time.After(pause):
				s.sendOne()
			}
		}
	}()
}

func (s *sender) stopFlow() {
	close(s.stopping)
	<-s.stopped
}

func (s *sender) keys() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]string{}, s.acknowledged...)
}

func (s *sender) count() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.acknowledged)
}
