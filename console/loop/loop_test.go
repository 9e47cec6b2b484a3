package loop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A world is the environment of a loop in tests: files, a project, a builder and a runner, each of
// which takes some time and records what it does.
type world struct {
	t *testing.T

	mu       sync.Mutex
	files    map[string]Sum
	changes  chan string
	log      []string
	writes   string // what Generate changes
	outcome  map[StepName]Outcome
	problems []Problem
	startErr error
	health   func(url string) error
	running  map[string]*fakeProcess
	removed  []string
	builds   int
	grace    time.Duration // the time that a program takes to end

	// interrupt is called in the middle of a step.
	interrupt map[StepName]func()
}

// How long the parts of a world take.
const (
	stepTime  = 20 * time.Millisecond
	buildTime = time.Second
	startTime = 50 * time.Millisecond
)

func newWorld(t *testing.T) *world {
	return &world{
		t: t, changes: make(chan string, 1000), outcome: make(map[StepName]Outcome), running: make(map[string]*fakeProcess), interrupt: make(map[StepName]func()),
		files:  map[string]Sum{"/p/connector-spec.json": {SpecFile, 1}, "/p/main.go": {SourceFile, 1}, "/p/go.mod": {ModuleFile, 1}, "/p/config.json": {ConfigFile, 1}, "/p/connector/gen.go": {SourceFile, 1}},
		health: func(string) error { return nil },
	}
}

func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

// take returns the records since its last call.
func (w *world) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	log := strings.Join(w.log, " ")
	w.log = nil
	return log
}

// edit changes files, and reports it.
func (w *world) edit(names ...string) {
	w.mu.Lock()
	for _, name := range names {
		sum := w.files[name]
		if sum.Kind == NoKind {
			sum.Kind = SourceFile
		}
		sum.Hash++
		w.files[name] = sum
	}
	w.mu.Unlock()
	for _, name := range names {
		w.changes <- name
	}
}

func (w *world) Scan() map[string]Sum {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.files)
}

func (w *world) Look(paths []string) map[string]Sum {
	w.mu.Lock()
	defer w.mu.Unlock()
	sums := make(map[string]Sum)
	for _, name := range paths {
		if sum, ok := w.files[name]; ok {
			sums[name] = sum
		}
	}
	return sums
}

func (w *world) Changes(context.Context) <-chan string { return w.changes }

func (w *world) step(ctx context.Context, name StepName) Outcome {
	w.note("%s", name)
	time.Sleep(stepTime)
	if interrupt := w.interrupt[name]; interrupt != nil {
		delete(w.interrupt, name)
		interrupt()
		time.Sleep(buildTime) // enough for the loop to notice
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.outcome[name]
}

func (w *world) Validate(ctx context.Context) Outcome { return w.step(ctx, StepValidate) }
func (w *world) Stub(ctx context.Context) Outcome     { return w.step(ctx, StepStub) }

func (w *world) Generate(ctx context.Context) Outcome {
	o := w.step(ctx, StepGenerate)
	w.mu.Lock()
	writes := w.writes
	w.writes = ""
	w.mu.Unlock()
	if o.Dirs = []string{"/p/connector"}; writes != "" {
		o.Wrote = true
		w.edit(writes)
	}
	return o
}

func (w *world) Compare(context.Context) []Group {
	time.Sleep(time.Millisecond) // a stopping program is recorded first
	w.note("compare")
	return []Group{{Name: GroupDiff, State: GroupOK}}
}

func (w *world) Build(ctx context.Context) (string, []Problem, error) {
	w.note("build")
	select {
	case <-time.After(buildTime):
	case <-ctx.Done():
		w.note("(cancelled)")
		return "", nil, ctx.Err()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.problems) > 0 {
		return "", w.problems, nil
	}
	w.builds++
	return fmt.Sprintf("program-%d", w.builds), nil, nil
}

func (w *world) Remove(program string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.removed = append(w.removed, program)
}

func (w *world) Start(ctx context.Context, program string, line func(string)) (Process, error) {
	w.note("start")
	time.Sleep(startTime)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.startErr; err != nil {
		return nil, err
	}
	p := &fakeProcess{world: w, name: program, done: make(chan struct{})}
	w.running[program] = p
	line("hello of " + program)
	return p, nil
}

func (w *world) loop() *Loop {
	return New(Options{Project: w, Files: w, Builder: w, Runner: w, Health: func(_ context.Context, url string) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.health(url)
	}})
}

// alive returns the running programs.
func (w *world) alive() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.running))
}

// A fakeProcess is a program that does nothing.
type fakeProcess struct {
	world *world
	name  string
	done  chan struct{}
}

func (p *fakeProcess) URL() string           { return "http://" + p.name }
func (p *fakeProcess) Done() <-chan struct{} { return p.done }
func (p *fakeProcess) Ending() Ending {
	return Ending{Text: p.name + " ended", Problem: Problem{Severity: "error", Message: p.name + " ended"}}
}

func (p *fakeProcess) Stop(<-chan struct{}) {
	p.world.note("stop:%s", p.name)
	time.Sleep(p.world.grace)
	p.end()
}

func (p *fakeProcess) end() {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	if p.world.running[p.name] == p {
		delete(p.world.running, p.name)
		close(p.done)
	}
}

// inLoop runs a loop in a bubble where time passes at once, and checks that it leaves nothing
// behind.
func inLoop(t *testing.T, prepare func(*world) *Loop, do func(*world, *Loop)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		l := prepare(w)
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan error, 1)
		go func() { over <- l.Run(ctx) }()
		do(w, l)
		cancel()
		if err := <-over; err != nil {
			t.Error(err)
		}
		if alive := w.alive(); len(alive) > 0 {
			t.Errorf("the end of the loop leaves %q", alive)
		}
		if s := l.Snapshot(); s.Phase != PhaseStopped || s.Connector.Running {
			t.Errorf("at the end the loop is %+v", s)
		}
		if w.builds != len(w.removed) {
			t.Errorf("%d programs were built, and %q removed", w.builds, w.removed)
		}
	})
}

// settle waits until the loop is idle.
func settle() {
	time.Sleep(time.Minute)
	synctest.Wait()
}

func (w *world) expect(want string) {
	w.t.Helper()
	if got := w.take(); got != want {
		w.t.Errorf("the loop does\n%s, want\n%s", got, want)
	}
}

// wholeRound is what a complete round does.
const wholeRound = "validate generate stub build start"

func expectTarget(t *testing.T, l *Loop, url string, build int, phase Phase, stale bool) {
	t.Helper()
	gotURL, gotBuild := l.Target()
	s := l.Snapshot()
	if program := l.Program(); l.options.Remote == "" && program != strings.TrimPrefix(url, "http://") {
		t.Errorf("the program is %q, and answers on %q", program, url)
	}
	if gotURL != url || gotBuild != build || s.Phase != phase || s.Connector.Stale != stale || s.Connector.Running != (url != "") {
		t.Errorf("the connector is %q, build %d, and the loop %+v; want %q, build %d, %s, stale %v", gotURL, gotBuild, s, url, build, phase, stale)
	}
}

// TestRounds: a change triggers the required work, and the new program takes over before the old
// one ends.
func TestRounds(t *testing.T) {
	inLoop(t, (*world).loop, func(w *world, l *Loop) {
		settle()
		w.expect(wholeRound + " compare")
		expectTarget(t, l, "http://program-1", 1, PhaseReady, false)
		for _, step := range l.Snapshot().Steps {
			if step.State != StateDone {
				t.Errorf("step %+v", step)
			}
		}
		if ms := l.Snapshot().Step(StepBuild).Ms; ms != buildTime.Milliseconds() {
			t.Errorf("the build took %d ms", ms)
		}
		w.edit("/p/main.go")
		settle()
		w.expect("stub build start stop:program-1")
		expectTarget(t, l, "http://program-2", 2, PhaseReady, false)
		if s := l.Snapshot(); s.Step(StepValidate).State != StateSkipped || s.Round != 2 {
			t.Errorf("the round was %+v", s)
		}
		w.edit("/p/connector-spec.json") // nothing in the package depends on it
		settle()
		w.expect("validate generate stub compare")
		expectTarget(t, l, "http://program-2", 2, PhaseReady, false)
		w.edit("/p/go.mod")
		settle()
		w.expect(wholeRound + " stop:program-2 compare")
		l.Rebuild()
		settle()
		w.expect(wholeRound + " stop:program-3 compare")
	})
}

// TestOwnWrites: generate's writes cause a build, but do not count as changes.
func TestOwnWrites(t *testing.T) {
	inLoop(t, (*world).loop, func(w *world, l *Loop) {
		settle()
		w.take()
		w.writes = "/p/connector/gen.go"
		w.edit("/p/connector-spec.json")
		settle()
		w.expect(wholeRound + " stop:program-1 compare")
		w.writes = "/p/connector/gen.go"
		w.edit("/p/connector/gen.go") // by hand, which generate undoes
		settle()
		w.expect(wholeRound + " stop:program-2 compare")
		if round := l.Snapshot().Round; round != 3 {
			t.Errorf("there were %d rounds", round)
		}
	})
}

// TestNoChange: a file that is written unchanged is not a change.
func TestNoChange(t *testing.T) {
	inLoop(t, (*world).loop, func(w *world, l *Loop) {
		settle()
		w.take()
		w.changes <- "/p/main.go"
		w.changes <- "/p/README.md"
		w.changes <- everything
		settle()
		w.expect("")
	})
}

// TestBurst: consecutive changes are one, but an endless burst is not waited for.
func TestBurst(t *testing.T) {
	inLoop(t, (*world).loop, func(w *world, l *Loop) {
		settle()
		w.take()
		for i := range 50 {
			w.edit("/p/main.go", fmt.Sprintf("/p/new%d.go", i))
			time.Sleep(quiet / 2)
		}
		settle()
		w.expect("stub build start stop:program-1")
		if round := l.Snapshot().Round; round != 2 {
			t.Errorf("there were %d rounds", round)
		}
		began := time.Now()
		for l.Snapshot().Round == 2 {
			w.edit("/p/main.go")
			time.Sleep(quiet / 2)
		}
		if took := time.Since(began); took > longestBurst+quiet {
			t.Errorf("the loop waits %v for changes to end", took)
		}
	})
}

// TestSuperseded: a change ends the round that it outdates, at any step, and the work of that round
// is still done.
func TestSuperseded(t *testing.T) {
	for _, name := range []StepName{StepValidate, StepGenerate, StepStub} {
		t.Run(string(name), func(t *testing.T) {
			inLoop(t, (*world).loop, func(w *world, l *Loop) {
				settle()
				w.take()
				w.interrupt[name] = func() { w.edit("/p/main.go") }
				w.edit("/p/connector-spec.json")
				settle()
				done := w.take()
				if !strings.HasSuffix(done, " stub build start stop:program-1 compare") {
					t.Errorf("the loop does %s", done)
				}
				if strings.Count(done, "build") != 1 || strings.Count(done, "validate") == 0 {
					t.Errorf("the loop does %s", done)
				}
				expectTarget(t, l, "http://program-2", 2, PhaseReady, false)
			})
		})
	}
	t.Run("build", func(t *testing.T) {
		inLoop(t, (*world).loop, func(w *world, l *Loop) {
			settle()
			w.take()
			events := l.Subscribe(w.t.Context())
			w.edit("/p/main.go")
			time.Sleep(buildTime / 2)
			w.edit("/p/main.go")
			settle()
			w.expect("stub build (cancelled) stub build start stop:program-1")
			var rounds []Round
			for len(rounds) < 2 {
				if e := <-events; e.Kind == EventRound {
					rounds = append(rounds, e.Round)
				}
			}
			for _, r := range rounds {
				if !slices.Equal(r.Changed, []string{"/p/main.go"}) {
					t.Errorf("what changed is %q", r.Changed)
				}
			}
			if !rounds[0].Superseded || rounds[0].Failed || rounds[1].Superseded || rounds[1].Failed {
				t.Errorf("the rounds are %+v", rounds)
			}
		})
	})
}

// TestFailures: after any failure, the last good program answers, and the next good round recovers.
func TestFailures(t *testing.T) {
	problem := Problem{Path: "main.go", Line: 3, Column: 5, Severity: "error", Message: "wrong"}
	found := func(name GroupName) Outcome {
		return Outcome{Failed: true, Text: "1 error", Groups: []Group{{Name: name, State: GroupFound, Found: []Problem{problem}}}}
	}
	for _, c := range []struct {
		step  StepName
		group GroupName
		edit  string
		set   func(*world)
		reset func(*world)
	}{
		{
			StepValidate, GroupValidate, "/p/connector-spec.json",
			func(w *world) { w.outcome[StepValidate] = found(GroupValidate) },
			func(w *world) {
				w.outcome[StepValidate] = Outcome{Groups: []Group{{Name: GroupValidate, State: GroupOK}}}
			},
		},
		{
			StepGenerate, GroupDrift, "/p/connector-spec.json",
			func(w *world) { w.outcome[StepGenerate] = found(GroupDrift) },
			func(w *world) { w.outcome[StepGenerate] = Outcome{Groups: []Group{{Name: GroupDrift, State: GroupOK}}} },
		},
		{StepBuild, GroupBuild, "/p/main.go", func(w *world) { w.problems = []Problem{problem} }, func(w *world) { w.problems = nil }},
		{
			StepStart, GroupBuild, "/p/main.go",
			func(w *world) { w.startErr = &Ending{Text: "it ended", Problem: problem} },
			func(w *world) { w.startErr = nil },
		},
		{
			StepHealth, GroupBuild, "/p/main.go",
			func(w *world) {
				w.health = func(url string) error {
					if url == "http://program-2" {
						return errors.New("wrong")
					}
					return nil
				}
			},
			func(w *world) { w.health = func(string) error { return nil } },
		},
	} {
		t.Run(string(c.step), func(t *testing.T) {
			inLoop(t, (*world).loop, func(w *world, l *Loop) {
				settle()
				c.set(w)
				w.edit(c.edit)
				settle()
				expectTarget(t, l, "http://program-1", 1, PhaseFailed, true)
				if state := l.Snapshot().Step(c.step).State; state != StateFailed {
					t.Errorf("step %s is %s", c.step, state)
				}
				group := groupOf(l, c.group)
				if group.State != GroupFound || len(group.Found) != 1 || !strings.Contains(group.Found[0].Message, "wrong") {
					t.Errorf("the problems are %+v", group)
				}
				if alive := w.alive(); !slices.Equal(alive, []string{"program-1"}) {
					t.Errorf("the programs %q run", alive)
				}
				c.reset(w)
				w.edit(c.edit)
				settle()
				if s := l.Snapshot(); s.Phase != PhaseReady || s.Connector.Stale {
					t.Errorf("the loop does not recover: %+v", s)
				}
				if group := groupOf(l, c.group); group.State != GroupOK || len(group.Found) > 0 {
					t.Errorf("the problems are still %+v", group)
				}
			})
		})
	}
}

func groupOf(l *Loop, name GroupName) Group {
	for _, g := range l.Problems() {
		if g.Name == name {
			return g
		}
	}
	return Group{}
}

// TestFirstFailure: a project that does not build at first does later.
func TestFirstFailure(t *testing.T) {
	broken := func(w *world) *Loop {
		w.problems = []Problem{{Severity: "error", Message: "wrong"}}
		return w.loop()
	}
	inLoop(t, broken, func(w *world, l *Loop) {
		settle()
		expectTarget(t, l, "", 0, PhaseFailed, false)
		w.problems = nil
		w.take()
		w.edit("/p/main.go")
		settle()
		w.expect("stub build start")
		expectTarget(t, l, "http://program-1", 1, PhaseReady, false)
	})
}

// TestEnding: the end of a program is reported, and the next change restarts it.
func TestEnding(t *testing.T) {
	inLoop(t, (*world).loop, func(w *world, l *Loop) {
		settle()
		events := l.Subscribe(w.t.Context())
		w.take()
		w.mu.Lock()
		p := w.running["program-1"]
		w.mu.Unlock()
		p.end()
		settle()
		expectTarget(t, l, "", 1, PhaseFailed, false)
		if found := groupOf(l, GroupBuild).Found; len(found) != 1 || found[0].Message != "program-1 ended" {
			t.Errorf("the problems are %+v", found)
		}
		for e := range events {
			if e.Kind == EventEnding {
				if e.Ending.Text != "program-1 ended" {
					t.Errorf("the ending is %+v", e.Ending)
				}
				break
			}
		}
		w.edit("/p/connector-spec.json")
		settle()
		w.expect(wholeRound + " compare")
		expectTarget(t, l, "http://program-2", 2, PhaseReady, false)
	})
}

// TestGrace: the loop ends once the programs have, and a new program does not wait for the old one.
func TestGrace(t *testing.T) {
	inLoop(t, func(w *world) *Loop { w.grace = 5 * time.Second; return w.loop() }, func(w *world, l *Loop) {
		settle()
		began := time.Now()
		w.edit("/p/main.go")
		for _, build := l.Target(); build != 2; _, build = l.Target() {
			time.Sleep(time.Millisecond)
		}
		if took := time.Since(began); took > quiet+buildTime+startTime+100*time.Millisecond {
			t.Errorf("it takes %v", took)
		}
		if alive := w.alive(); len(alive) != 2 {
			t.Errorf("the programs %q run", alive)
		}
	})
}

// TestConfig: a change of the config alone is reported, and needs no round.
func TestConfig(t *testing.T) {
	inLoop(t, (*world).loop, func(w *world, l *Loop) {
		settle()
		w.take()
		events := l.Subscribe(w.t.Context())
		w.edit("/p/config.json")
		settle()
		w.expect("")
		<-events
		<-events
		if e := <-events; e.Kind != EventConfig {
			t.Errorf("the event is %+v", e)
		}
	})
}

// TestFolders: removing a folder removes its files.
func TestFolders(t *testing.T) {
	inLoop(t, (*world).loop, func(w *world, l *Loop) {
		w.edit("/p/client/client.go")
		settle()
		w.take()
		w.mu.Lock()
		delete(w.files, "/p/client/client.go")
		w.mu.Unlock()
		w.changes <- filepath.FromSlash("/p/client")
		settle()
		w.expect("stub build start stop:program-1")
	})
}

// TestModules: a change of go.mod makes the loop examine all files, without missing any of their
// changes.
func TestModules(t *testing.T) {
	inLoop(t, (*world).loop, func(w *world, l *Loop) {
		settle()
		w.take()
		events := l.Subscribe(w.t.Context())
		w.edit("/p/go.mod")
		w.mu.Lock()
		w.files["/p/config.json"] = Sum{ConfigFile, 7}
		w.mu.Unlock()
		time.Sleep(quiet * 3 / 2)
		w.changes <- "/p/config.json" // in a burst of its own
		settle()
		w.expect(wholeRound + " stop:program-1 compare")
		for e := range events {
			if e.Kind == EventConfig {
				break
			}
			if e.Kind == EventRound {
				t.Fatal("the change of the config gets lost")
			}
		}
	})
}

// TestRemote: an external connector is not built, and may come and go.
func TestRemote(t *testing.T) {
	var silent bool
	remote := func(w *world) *Loop {
		w.health = func(string) error {
			if silent {
				return errors.New("nothing listens there")
			}
			return nil
		}
		return New(Options{Project: w, Files: w, Remote: "http://other", Health: func(_ context.Context, url string) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.health(url)
		}})
	}
	inLoop(t, remote, func(w *world, l *Loop) {
		set := func(value bool) { w.mu.Lock(); silent = value; w.mu.Unlock() }
		settle()
		w.expect("validate compare")
		expectTarget(t, l, "http://other", 0, PhaseReady, false)
		w.edit("/p/main.go")
		w.edit("/p/connector-spec.json")
		settle()
		w.expect("validate compare")
		set(true)
		settle()
		w.expect("")
		if s := l.Snapshot(); s.Phase != PhaseWaiting || s.Connector.Running || !strings.HasPrefix(s.Step(StepHealth).Text, "http://other does not answer: ") {
			t.Errorf("without an answer the loop is %+v", s)
		}
		w.outcome[StepValidate] = Outcome{Failed: true}
		set(false)
		settle()
		w.expect("validate compare")
		if s := l.Snapshot(); s.Phase != PhaseFailed || !s.Connector.Running || s.Connector.Stale {
			t.Errorf("with a broken spec the loop is %+v", s)
		}
	})
}

// TestOptions: a loop reports missing options.
func TestOptions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, o := range []Options{{}, {Files: w}, {Files: w, Builder: w}, {Files: w, Builder: w, Runner: w, Remote: "http://other"}} {
		if err := New(o).Run(t.Context()); err == nil {
			t.Errorf("a loop of %+v runs", o)
		}
	}
}

// TestSlowSubscriber: a subscriber that does not read delays nobody, and gets the newest state.
func TestSlowSubscriber(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBoard()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		events := b.Subscribe(ctx)
		for i := range maxNews + 500 {
			b.change(func(s *Snapshot) { s.Round = i })
			b.tell(Event{Kind: EventLine, Line: Line{Build: i}})
		}
		b.put(Group{Name: GroupBuild, State: GroupOK})
		b.close()
		states, problems, lines, last := 0, 0, 0, 0
		for e := range events {
			switch e.Kind {
			case EventState:
				states, last = states+1, e.Snapshot.Round
			case EventProblems:
				problems++
			case EventLine:
				lines++
			}
		}
		// One state may already have been on its way.
		if states > 2 || problems != 1 || lines != maxNews || last != maxNews+499 {
			t.Errorf("got %d states, the last one of round %d, %d times problems, and %d lines", states, last, problems, lines)
		}
		left := b.Subscribe(ctx)
		n := 0
		for range left {
			n++
		}
		if n != 2 {
			t.Errorf("after the end there are %d events", n)
		}
	})
}
