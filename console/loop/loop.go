package loop

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// A Project is a project as the loop needs it. One method is called at a time.
type Project interface {
	// Validate reads the spec and its settings, and reports their problems.
	Validate(ctx context.Context) Outcome
	// Generate writes the package of the spec that Validate has read.
	Generate(ctx context.Context) Outcome
	// Stub reports what the client lacks.
	Stub(ctx context.Context) Outcome
	// Compare reports how the project differs from its history. Nothing waits for it.
	Compare(ctx context.Context) []Group
}

// An Outcome is the result of a step.
type Outcome struct {
	Failed bool
	Text   string   // one sentence for people, or nothing
	Groups []Group  // of problems, which replace those with the same names
	Wrote  bool     // Generate changed files
	Dirs   []string // of Generate: the folders of generated code
}

// A Builder builds the program of a project.
type Builder interface {
	// Build builds a program, and returns its path. Problems are faults of the code; the error is
	// any other failure.
	Build(ctx context.Context) (program string, problems []Problem, err error)
	// Remove removes a program that has ended.
	Remove(program string)
}

// A Runner starts programs.
type Runner interface {
	// Start starts a program, and returns once it prints its address. line receives its output.
	Start(ctx context.Context, program string, line func(text string)) (Process, error)
}

// A Process is a running program.
type Process interface {
	URL() string
	Done() <-chan struct{} // closed when the program has ended
	Ending() Ending        // once it has ended
	// Stop asks the process to end, and returns once it has. When hurry is closed, running commands
	// get less time.
	Stop(hurry <-chan struct{})
}

// An Ending says how a program ended.
type Ending struct {
	Text    string // a sentence
	Problem Problem
	Tail    []string // its last lines of output
}

func (e *Ending) Error() string { return e.Text }

// Options are the options of a loop.
type Options struct {
	Project Project
	Files   Files
	Builder Builder
	Runner  Runner
	// Remote is the URL of an external connector. Builder and Runner are nil then.
	Remote string
	// Health returns nil if a connector answers.
	Health func(ctx context.Context, url string) error
}

// The loop's delays.
const (
	quiet          = 50 * time.Millisecond  // without a change, until a burst of changes is over
	quietAgain     = 200 * time.Millisecond // the same, if the change would end a running round
	longestBurst   = 2 * time.Second
	healthInterval = 25 * time.Millisecond
	healthPatience = 10 * time.Second
	remoteInterval = 2 * time.Second // between two health checks of an external connector
)

// A Loop keeps the connector of a project running.
type Loop struct {
	*board
	options Options
	rebuild chan struct{}

	// writing is held while generated code is written, and while changed files are examined:
	// otherwise the loop would treat its own writes as changes.
	writing chan struct{}
	sums    map[string]Sum // of the files in the newest round; guarded by writing

	// The rest belongs to Run.
	needs   needs    // pending work, besides that of the running round
	reasons []string // the files changed since the last round began
	wanted  bool     // a round was requested
	running *round   // nil between rounds
	ended   chan *program
	current *program // the answering one, nil for none
	dirs    []string // of generated code
	stops   sync.WaitGroup
	aside   sync.WaitGroup
	probed  chan error // why an external connector does not answer, nil if it does
	probing bool
	over    <-chan struct{} // closed when Run should end

	outdated  bool // the last comparison is
	comparing sync.WaitGroup
	compare   context.CancelFunc // ends the background comparison

	builds int // started so far; it belongs to the running round
}

// needs are the steps that changes since the last good round require.
type needs struct {
	spec  bool // validate and generate
	build bool
}

func (n *needs) add(more needs) { n.spec, n.build = n.spec || more.spec, n.build || more.build }

// A program is one that the loop has started.
type program struct {
	Process
	path  string
	build int
}

// New returns a loop that does not run yet.
func New(options Options) *Loop {
	return &Loop{
		board: newBoard(), options: options, rebuild: make(chan struct{}, 1),
		writing: make(chan struct{}, 1), ended: make(chan *program), probed: make(chan error),
	}
}

// Rebuild starts a round, as if all files had changed.
func (l *Loop) Rebuild() {
	select {
	case l.rebuild <- struct{}{}:
	default: // one is already requested
	}
}

// Run watches the project and keeps its connector running until the context ends. It returns
// after everything that it started has ended.
func (l *Loop) Run(ctx context.Context) error {
	defer l.board.close()
	if l.options.Files == nil || (l.options.Remote == "") == (l.options.Builder == nil || l.options.Runner == nil) {
		return errors.New("a loop needs files, and either a builder and a runner or a remote connector")
	}
	l.over = ctx.Done()
	changes := l.options.Files.Changes(ctx)
	l.look(func() { l.sums = l.options.Files.Scan() })
	l.needs, l.wanted = needs{spec: true, build: true}, true
	if l.options.Remote != "" {
		l.change(func(*Snapshot) { l.url = l.options.Remote })
	}
	l.follow(ctx, changes)
	l.end()
	return nil
}

// follow handles events until the context ends.
func (l *Loop) follow(ctx context.Context, changes <-chan string) {
	var burst burst
	probe := time.NewTicker(remoteInterval)
	defer probe.Stop()
	if l.options.Remote == "" {
		probe.Stop()
	}
	for {
		l.start(ctx)
		select {
		case <-ctx.Done():
			return
		case name, ok := <-changes:
			if !ok {
				changes = nil
				continue
			}
			burst.add(name, l.quiet())
		case <-burst.over():
			l.changed(burst.take())
		case <-l.rebuild:
			l.want(needs{spec: true, build: true})
		case <-l.roundDone():
			l.finished(ctx)
		case p := <-l.ended:
			l.endedByItself(p)
		case <-probe.C:
			l.probe(ctx)
		case silence := <-l.probed:
			l.probing = false
			l.answers(silence)
		}
	}
}

// end ends everything that runs.
func (l *Loop) end() {
	if l.running != nil {
		l.running.cancel()
		<-l.running.done
		if p := l.running.program; p != nil {
			l.stop(p)
		}
	}
	if l.compare != nil {
		l.compare()
	}
	if l.current != nil {
		l.stop(l.current)
	}
	l.change(func(s *Snapshot) {
		s.Phase, s.Connector.Running, s.Connector.Stale = PhaseStopped, false, false
		l.url, l.program = "", ""
	})
	l.stops.Wait()
	l.aside.Wait()
	l.comparing.Wait()
}

// look examines files while nothing is generated.
func (l *Loop) look(do func()) {
	l.writing <- struct{}{}
	defer func() { <-l.writing }()
	do()
}

// quiet is how long nothing may change before the loop acts.
func (l *Loop) quiet() time.Duration {
	if l.running != nil {
		return quietAgain
	}
	return quiet
}

// A burst is a group of related changes, such as those of a checkout.
type burst struct {
	names map[string]bool
	began time.Time
	timer *time.Timer
}

func (b *burst) add(name string, quiet time.Duration) {
	if len(b.names) == 0 {
		b.names, b.began = make(map[string]bool), time.Now()
	}
	b.names[name] = true
	wait := min(quiet, time.Until(b.began.Add(longestBurst)))
	if b.timer == nil {
		b.timer = time.NewTimer(wait)
	} else {
		b.timer.Reset(wait)
	}
}

// over returns a channel that fires when the burst is over.
func (b *burst) over() <-chan time.Time {
	if b.timer == nil {
		return nil
	}
	return b.timer.C
}

func (b *burst) take() []string {
	names := slices.Sorted(maps.Keys(b.names))
	b.names = nil
	return names
}

// changed determines the work required by changed files.
func (l *Loop) changed(names []string) {
	var changed map[string]Kind
	l.look(func() {
		changed = l.differing(names)
		if slices.Contains(slices.Collect(maps.Values(changed)), ModuleFile) { // other modules may now matter
			maps.Copy(changed, l.differing([]string{everything}))
		}
	})
	var more needs
	config := false
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		kind := changed[name]
		if kind != ConfigFile {
			l.reasons = append(l.reasons, name)
		}
		switch kind {
		case SpecFile:
			more.spec = true
		case ModuleFile:
			more.add(needs{spec: true, build: true})
		case SourceFile:
			more.build = true
			more.spec = more.spec || slices.ContainsFunc(l.dirs, func(dir string) bool { return isBelow(dir, name) })
		case ConfigFile:
			config = true
		}
	}
	if config {
		l.tell(Event{Kind: EventConfig})
	}
	if more != (needs{}) {
		l.want(more)
	}
}

// differing examines files again, and returns those that have changed since the last look. For a
// missing folder, it returns its former files.
func (l *Loop) differing(names []string) map[string]Kind {
	var current map[string]Sum
	var before []string
	if slices.Contains(names, everything) {
		current = l.options.Files.Scan()
		before = slices.Collect(maps.Keys(l.sums))
	} else {
		all, asked := slices.Clone(names), make(map[string]bool, len(names))
		for _, name := range names {
			asked[name] = true
		}
		for known := range l.sums {
			if isBelowOne(asked, known) {
				all = append(all, known)
			}
		}
		current = l.options.Files.Look(all)
		before = all
	}
	changed := make(map[string]Kind)
	for name, sum := range current {
		if l.sums[name] != sum {
			changed[name], l.sums[name] = sum.Kind, sum
		}
	}
	for _, name := range before {
		if old, known := l.sums[name]; known && current[name] == (Sum{}) {
			changed[name] = old.Kind
			delete(l.sums, name)
		}
	}
	return changed
}

// isBelowOne reports whether a file is below one of some folders.
func isBelowOne(dirs map[string]bool, file string) bool {
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		switch {
		case dirs[dir]:
			return true
		case dir == filepath.Dir(dir):
			return false
		}
	}
}

// want requests a round, and ends the running one, which is outdated.
func (l *Loop) want(more needs) {
	l.needs.add(more)
	l.wanted = true
	if l.running != nil {
		l.running.cancel()
	}
}

// start starts a round if one is wanted and none runs.
func (l *Loop) start(ctx context.Context) {
	if l.running != nil || !l.wanted || ctx.Err() != nil {
		return
	}
	if l.compare != nil {
		l.compare() // it reads a spec that may have changed
		l.compare = nil
		l.comparing.Wait()
	}
	r := &round{loop: l, began: time.Now(), needs: l.needs, changed: l.reasons, done: make(chan struct{})}
	l.needs, l.reasons, l.wanted, l.running = needs{}, nil, false, r
	ctx, r.cancel = context.WithCancel(ctx)
	l.change(func(s *Snapshot) {
		s.Round++
		r.number = s.Round
		s.Phase, s.Steps = PhaseStarting, idleSteps()
	})
	l.tell(Event{Kind: EventBegin, Round: Round{Number: r.number, Changed: r.changed}})
	go r.run(ctx)
}

// roundDone returns a channel that is closed when the running round is over.
func (l *Loop) roundDone() <-chan struct{} {
	if l.running == nil {
		return nil
	}
	return l.running.done
}

// finished takes over the results of a round.
func (l *Loop) finished(ctx context.Context) {
	r := l.running
	r.cancel()
	l.running = nil
	l.needs.add(r.needs)
	if r.dirs != nil {
		l.dirs = r.dirs
	}
	if r.program != nil {
		l.switchTo(ctx, r.program)
	}
	report := Round{
		Number: r.number, Changed: r.changed, Ms: time.Since(r.began).Milliseconds(),
		Failed: r.failed, Superseded: !r.failed && !r.complete,
	}
	l.change(func(s *Snapshot) {
		s.Connector.Stale = s.Connector.Running && !r.remote() && (r.failed || s.Connector.Stale && report.Superseded)
		switch {
		case report.Superseded: // the next round starts at once
		case r.failed:
			s.Phase = PhaseFailed
		case l.options.Remote != "" && !s.Connector.Running:
			s.Phase = PhaseWaiting
		case l.options.Remote == "" && l.current == nil:
			s.Phase = PhaseFailed
		default:
			s.Phase = PhaseReady
		}
		report.Snapshot = s.copy()
	})
	l.tell(Event{Kind: EventRound, Round: report})
	l.outdated = l.outdated || r.compare
	if l.outdated && !report.Superseded {
		l.outdated = false
		l.compareAside(ctx)
	}
}

// switchTo makes a program the answering one, and stops its predecessor.
func (l *Loop) switchTo(ctx context.Context, p *program) {
	old := l.current
	l.current = p
	l.change(func(s *Snapshot) {
		s.Connector = Connector{Running: true, Since: time.Now(), Build: p.build}
		l.url, l.program = p.URL(), p.path
	})
	l.aside.Go(func() {
		select {
		case <-p.Done():
			select {
			case l.ended <- p:
			case <-ctx.Done():
			}
		case <-ctx.Done():
		}
	})
	if old != nil {
		l.stop(old)
	}
}

// probe checks the health of an external connector.
func (l *Loop) probe(ctx context.Context) {
	if l.probing || l.running != nil {
		return
	}
	l.probing = true
	l.aside.Go(func() {
		err := l.options.Health(ctx, l.options.Remote)
		select {
		case l.probed <- err:
		case <-ctx.Done():
		}
	})
}

// answers records whether an external connector answers. After a restart, it may have another spec.
func (l *Loop) answers(silence error) {
	if l.running != nil || l.Snapshot().Connector.Running == (silence == nil) {
		return
	}
	if silence == nil {
		l.want(needs{spec: true})
		return
	}
	l.change(func(s *Snapshot) {
		s.Phase, s.Connector = PhaseWaiting, Connector{}
		s.setStep(StepHealth, func(step *Step) { step.Text = doesNotAnswer(l.options.Remote, silence) })
	})
}

// stop stops a program, which may take until its running commands end.
func (l *Loop) stop(p *program) {
	l.stops.Go(func() {
		p.Stop(l.over)
		l.options.Builder.Remove(p.path)
	})
}

// endedByItself handles a program that ended without being stopped.
func (l *Loop) endedByItself(p *program) {
	if p != l.current {
		return // another one already answers
	}
	l.current = nil
	ending := p.Ending()
	l.needs.build = true // the next round starts it again
	l.options.Builder.Remove(p.path)
	l.change(func(s *Snapshot) {
		s.Connector = Connector{Build: p.build}
		l.url, l.program = "", ""
		if l.running == nil {
			s.Phase = PhaseFailed
			s.setStep(StepHealth, func(step *Step) { step.State, step.Text = StateFailed, ending.Text })
		}
	})
	l.append(GroupBuild, ending.Problem) // the newest code may not build either
	l.tell(Event{Kind: EventEnding, Ending: ending})
}

// compareAside compares the project with its history while the loop continues.
func (l *Loop) compareAside(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	l.compare = cancel
	l.comparing.Go(func() {
		groups := l.options.Project.Compare(ctx)
		if ctx.Err() == nil && len(groups) > 0 {
			l.put(groups...)
		}
	})
}
