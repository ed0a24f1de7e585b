// What a scenario says to the harness, one JSON line for each check and observation, and what the harness says to it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"
)

const (
	detailBytesMax = 2000
	// Long enough for a machine on which a dozen clients share two cores.
	patience     = 90 * time.Second
	pollInterval = 20 * time.Millisecond
)

var output sync.Mutex

type report struct{ scenario string }

func newReport(scenario string) *report { return &report{scenario} }

func (r *report) check(what string, isOk bool, detail interface{}) {
	text := fmt.Sprint(detail)
	if len(text) > detailBytesMax {
		text = text[:detailBytesMax]
	}
	r.print(map[string]interface{}{"check": what, "ok": isOk, "detail": text})
}

func (r *report) equal(what string, expected, actual interface{}) {
	r.check(what, reflect.DeepEqual(expected, actual), fmt.Sprintf("expected %v, saw %v", expected, actual))
}

func (r *report) observe(what string, value interface{}) {
	r.print(map[string]interface{}{"observation": what, "value": value})
}

func (r *report) event(what, detail string) {
	r.print(map[string]interface{}{"event": what, "detail": detail})
}

func (r *report) print(line map[string]interface{}) {
	line["scenario"] = r.scenario
	text, err := json.Marshal(line)
	must("a line of the report", err)
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(text))
}

// holds waits for a condition and says whether it came true in time.
func holds(condition func() bool) bool {
	return holdsFor(patience, condition)
}

func holdsFor(limit time.Duration, condition func() bool) bool {
	giveUpAt := time.Now().Add(limit)
	for !condition() {
		if time.Now().After(giveUpAt) {
			return false
		}
		time.Sleep(pollInterval)
	}
	return true
}

// await is for what a scenario cannot go on without.
func await(what string, condition func() bool) {
	if !holds(condition) {
		panic("did not happen in time: " + what)
	}
}

func must(what string, err error) {
	if err != nil {
		panic(fmt.Sprintf("%s: %v", what, err))
	}
}

// control holds the words from the harness on standard input, one a line.
type control struct {
	mutex sync.Mutex
	heard map[string]bool
}

// listen ends the program with its input: the harness is gone then.
func listen() *control {
	control := &control{heard: map[string]bool{}}
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			control.mutex.Lock()
			control.heard[strings.TrimSpace(lines.Text())] = true
			control.mutex.Unlock()
		}
		os.Exit(3)
	}()
	return control
}

func (c *control) hasHeard(word string) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.heard[word]
}
