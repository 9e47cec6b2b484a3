package console

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/conngen/conngen/console/calls"
	"github.com/conngen/conngen/console/loop"
	"github.com/conngen/conngen/internal/child"
)

// selfTestPatience is how long the whole self test may take.
const selfTestPatience = time.Hour

// A selfTest is the last run of the connector's self test.
type selfTest struct {
	mu      sync.Mutex
	now     selfTestState
	outcome loop.GroupState
	text    string
	found   []loop.Problem
	over    bool          // no new one may begin
	cancel  func()        // interrupts the running one
	ended   chan struct{} // closed when it has ended
}

// end interrupts the self test, waits for its end, and prevents new ones.
func (t *selfTest) end() {
	t.mu.Lock()
	t.over = true
	running, cancel, ended := t.now.Running, t.cancel, t.ended
	t.mu.Unlock()
	if running {
		cancel()
		<-ended
	}
}

type selfTestState struct {
	Running bool `json:"running"`
	Passed  int  `json:"passed"`
	Failed  int  `json:"failed"`
	Skipped int  `json:"skipped"`
}

func (t *selfTest) state() selfTestState {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}

// group returns the results as problems.
func (t *selfTest) group() loop.Group {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := loop.Group{Name: loop.GroupSelfTest, Title: "Self test", State: t.outcome, Text: t.text, Found: append([]loop.Problem{}, t.found...)}
	if g.State == "" {
		g.State, g.Text = loop.GroupUnknown, "the self test has not run"
	}
	return g
}

// startSelfTest runs the connector's own self test against this server, so its commands are recorded.
func (s *Server) startSelfTest(req *http.Request) (int, any, error) {
	var body struct{ Write bool }
	if err := readBody(req, &body); err != nil {
		return 0, nil, err
	}
	program := s.options.Loop.Program()
	switch {
	case s.options.Connector != "":
		return 0, nil, fail(http.StatusConflict, "somebody else runs this connector; its program has the self test")
	case program == "":
		return 0, nil, fail(http.StatusConflict, "the connector is not running")
	}
	t := &s.selfTest
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.now.Running:
		return 0, nil, fail(http.StatusConflict, "the self test is already running")
	case t.over || s.ctx.Err() != nil:
		return 0, nil, fail(http.StatusConflict, "conngen dev is stopping")
	}
	ctx, cancel := s.within(context.Background(), selfTestPatience)
	ended := make(chan struct{})
	t.now, t.cancel, t.ended = selfTestState{Running: true}, cancel, ended
	s.hub.state()
	s.done.Go(func() {
		defer close(ended)
		defer cancel()
		s.runSelfTest(ctx, program, body.Write)
	})
	return http.StatusAccepted, struct{}{}, nil
}

// A report is the program's report of its self test.
type report struct {
	Results []struct {
		Check    string `json:"check"`
		Passes   string `json:"passes"`
		Status   string `json:"status"`
		Note     string `json:"note"`
		Findings []struct {
			Warning bool   `json:"warning"`
			Command string `json:"command"`
			Object  string `json:"object"`
			Message string `json:"message"`
		} `json:"findings"`
	} `json:"results"`
}

func (s *Server) runSelfTest(ctx context.Context, program string, write bool) {
	args := []string{"selftest", "--format", "json", "--config", "-", "--url", "http://" + s.options.Addr + calls.SelfTestPath}
	if write {
		args = append(args, "--write")
	}
	var out, problem limitedBuffer
	command := exec.CommandContext(ctx, program, args...)
	// An interrupt makes it remove the accounts that it created. A Ctrl-C in the terminal would be
	// a second signal, which ends it.
	child.OwnGroup(command)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 5 * time.Second
	command.Dir, command.Stdin, command.Stdout, command.Stderr = s.options.Dir, bytes.NewReader(s.config.JSON()), &out, &problem
	err := command.Run()
	t := &s.selfTest
	t.mu.Lock()
	t.now, t.outcome, t.text, t.found = selfTestState{}, loop.GroupOK, "", nil
	var said report
	if json.Unmarshal(out.Bytes(), &said) != nil || said.Results == nil {
		t.outcome, t.text = loop.GroupUnknown, "the self test did not run"
		if line, _, _ := strings.Cut(strings.TrimSpace(problem.String()), "\n"); line != "" {
			t.text += ": " + s.masker.Text(line)
		} else if err != nil {
			t.text += ": the program could not be started"
		}
	}
	t.read(said, s.masker.Text)
	t.mu.Unlock()
	s.hub.state()
	s.hub.problems()
}

// read reads the results of a report.
func (t *selfTest) read(said report, masked func(string) string) {
	for _, r := range said.Results {
		switch r.Status {
		case "PASS", "WARN":
			t.now.Passed++
		case "FAIL":
			t.now.Failed++
		default:
			t.now.Skipped++
		}
		for _, f := range r.Findings {
			severity := "error"
			if f.Warning {
				severity = "warning"
			}
			t.outcome = loop.GroupFound
			t.found = append(t.found, loop.Problem{Severity: severity, Rule: r.Check, Message: masked(strings.TrimSpace(f.Command+" "+f.Object) + ": " + f.Message), Hint: "passes when " + r.Passes})
		}
	}
}
