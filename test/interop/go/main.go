// The Go client under test: runs every scenario side by side in this one process and reports what held.
//
// Arguments: the nameserver's address, the target ("mq" or "rocketmq"), a prefix for topic and group names, and the
// names of scenarios to run. Lines on standard output are JSON, see report.go.
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"
)

// The broker is killed in it: it comes last.
const lastScenario = "restart"

var scenarios = map[string]func(*scenarioContext){
	"send":       sendScenario,
	"batch":      batchScenario,
	"push":       pushScenario,
	"orderly":    orderlyScenario,
	"broadcast":  broadcastScenario,
	"pull":       pullScenario,
	"delay":      delayScenario,
	"retry":      retryScenario,
	"rebalance":  rebalanceScenario,
	"killed":     killedScenario,
	lastScenario: restartScenario,
}

func main() {
	if os.Args[1] == "member" {
		runMember(os.Args[2], os.Args[3], os.Args[4])
		return
	}
	nameserver, prefix := os.Args[1], os.Args[3]
	control := listen()
	var together sync.WaitGroup
	isLastWanted := false
	for _, name := range os.Args[4:] {
		if scenarios[name] == nil {
			panic("no such scenario: " + name)
		}
		if name == lastScenario {
			isLastWanted = true
			continue
		}
		together.Add(1)
		go func(name string) {
			defer together.Done()
			runScenario(name, nameserver, prefix, control)
		}(name)
	}
	together.Wait()
	if isLastWanted {
		runScenario(lastScenario, nameserver, prefix, control)
	}
	newReport("all").event("done", "")
	os.Exit(0)
}

func runScenario(name, nameserver, prefix string, control *control) {
	context := &scenarioContext{report: newReport(name), control: control, nameserver: nameserver, prefix: prefix, scenario: name}
	startedAt := time.Now()
	defer func() {
		if failure := recover(); failure != nil {
			context.report.check("runs to its end", false, fmt.Sprintf("%v\n%s", failure, debug.Stack()))
		}
		context.close()
		context.report.event("finished", fmt.Sprintf("%d ms", time.Since(startedAt).Milliseconds()))
	}()
	scenarios[name](context)
}
