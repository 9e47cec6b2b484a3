package loop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/conngen/conngen/internal/plainnet"
)

// A round takes the project through all steps once. The loop may read its results once done is
// closed.
type round struct {
	loop   *Loop
	number int
	began  time.Time
	cancel context.CancelFunc
	done   chan struct{}

	changed  []string // files
	needs    needs    // remaining work
	failed   bool     // a step failed
	complete bool     // all steps are over
	compare  bool     // the spec may have changed
	dirs     []string // of generated code, nil if nothing was generated
	path     string   // of the program that was built
	starting *program // that has not answered yet
	program  *program // that answers
}

// A step is a step of a round. It reports false if this round does not need it.
type step struct {
	name StepName
	do   func(*round, context.Context) (Outcome, bool)
}

var steps = []step{
	{StepValidate, (*round).validate},
	{StepGenerate, (*round).generate},
	{StepStub, (*round).stub},
	{StepBuild, (*round).build},
	{StepStart, (*round).start},
	{StepHealth, (*round).health},
}

// run runs the steps until one fails or the context ends.
func (r *round) run(ctx context.Context) {
	defer close(r.done)
	defer r.discard()
	for _, s := range steps {
		if !r.step(ctx, s) {
			return
		}
	}
	r.complete = !r.failed
}

// step runs a step, and reports whether the next one can follow.
func (r *round) step(ctx context.Context, s step) bool {
	if r.failed && !(r.remote() && s.name == StepHealth) {
		r.set(s.name, func(step *Step) { step.State = StateSkipped })
		return true
	}
	began := time.Now()
	r.set(s.name, func(step *Step) { step.State = StateRunning })
	outcome, needed := s.do(r, ctx)
	if ctx.Err() != nil && r.program == nil {
		r.set(s.name, func(step *Step) { step.State = StateSkipped })
		return false
	}
	r.failed = r.failed || outcome.Failed
	if len(outcome.Groups) > 0 {
		r.loop.put(outcome.Groups...)
	}
	r.set(s.name, func(step *Step) {
		step.State, step.Text = StateDone, outcome.Text
		switch {
		case outcome.Failed:
			step.State = StateFailed
		case !needed:
			step.State = StateSkipped
			return
		}
		step.Ms = time.Since(began).Milliseconds()
	})
	return true
}

func (r *round) set(name StepName, do func(*Step)) {
	r.loop.change(func(s *Snapshot) { s.setStep(name, do) })
}

// discard stops and removes a program that does not answer.
func (r *round) discard() {
	switch {
	case r.starting != nil:
		r.loop.stop(r.starting)
	case r.path != "" && r.program == nil:
		r.loop.options.Builder.Remove(r.path)
	}
}

func (r *round) remote() bool { return r.loop.options.Remote != "" }

func (r *round) validate(ctx context.Context) (Outcome, bool) {
	if !r.needs.spec {
		return Outcome{}, false
	}
	r.compare = true
	o := r.loop.options.Project.Validate(ctx)
	if r.remote() && !o.Failed && ctx.Err() == nil {
		r.needs = needs{}
	}
	return o, true
}

// generate writes generated code, and records what it wrote, which does not count as a change.
func (r *round) generate(ctx context.Context) (o Outcome, needed bool) {
	if r.remote() || !r.needs.spec {
		return Outcome{}, false
	}
	r.loop.look(func() {
		o = r.loop.options.Project.Generate(ctx)
		r.dirs = o.Dirs
		if o.Wrote {
			r.needs.build = true
			r.loop.noteWritten(o.Dirs)
		}
	})
	if !o.Failed && ctx.Err() == nil {
		r.needs.spec = false
	}
	return o, true
}

// noteWritten records the current files in some folders.
func (l *Loop) noteWritten(dirs []string) {
	isIn := func(name string) bool {
		return slices.ContainsFunc(dirs, func(dir string) bool { return isBelow(dir, name) })
	}
	current := l.options.Files.Scan()
	for name := range l.sums {
		if _, exists := current[name]; isIn(name) && !exists {
			delete(l.sums, name)
		}
	}
	for name, sum := range current {
		if isIn(name) {
			l.sums[name] = sum
		}
	}
}

func (r *round) stub(ctx context.Context) (Outcome, bool) {
	if r.remote() {
		return Outcome{}, false
	}
	return r.loop.options.Project.Stub(ctx), true
}

func (r *round) build(ctx context.Context) (Outcome, bool) {
	if !r.needs.build {
		return Outcome{}, false
	}
	path, problems, err := r.loop.options.Builder.Build(ctx)
	switch {
	case err != nil:
		return failure(err.Error(), Problem{Severity: severityError, Message: err.Error()}), true
	case len(problems) > 0:
		return failure(countProblems(problems), problems...), true
	}
	r.path = path
	return Outcome{Groups: []Group{{Name: GroupBuild, State: GroupOK}}}, true
}

// severityError is the severity of problems that end a round.
const severityError = "error"

func countProblems(problems []Problem) string {
	if len(problems) == 1 {
		return "1 error"
	}
	return fmt.Sprintf("%d errors", len(problems))
}

// failure is the outcome of a failed step.
func failure(text string, problems ...Problem) Outcome {
	return Outcome{Failed: true, Text: text, Groups: []Group{{Name: GroupBuild, State: GroupFound, Found: problems}}}
}

func (r *round) start(ctx context.Context) (Outcome, bool) {
	if r.path == "" {
		return Outcome{}, false
	}
	r.loop.builds++
	build := r.loop.builds
	p, err := r.loop.options.Runner.Start(ctx, r.path, func(text string) {
		r.loop.tell(Event{Kind: EventLine, Line: Line{At: time.Now(), Build: build, Text: text}})
	})
	if err != nil {
		return failedStart(err), true
	}
	r.starting = &program{Process: p, path: r.path, build: build}
	return Outcome{}, true
}

// failedStart is the outcome for a program that ended before it answered.
func failedStart(err error) Outcome {
	problem := Problem{Severity: severityError, Message: err.Error()}
	if ending := (*Ending)(nil); errors.As(err, &ending) {
		problem = ending.Problem
	}
	return failure(err.Error(), problem)
}

func (r *round) health(ctx context.Context) (Outcome, bool) {
	switch {
	case r.remote():
		return r.remoteHealth(ctx), true
	case r.starting == nil:
		return Outcome{}, false
	}
	if err := r.awaitHealth(ctx); err != nil {
		return failedStart(err), true
	}
	r.program, r.starting = r.starting, nil
	r.needs.build = false
	return Outcome{Text: "answers on " + r.program.URL()}, true
}

// awaitHealth waits until the program answers.
func (r *round) awaitHealth(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	for {
		err := r.loop.options.Health(ctx, r.starting.URL())
		if err == nil {
			return nil
		}
		select {
		case <-r.starting.Done():
			ending := r.starting.Ending()
			return &ending
		case <-ctx.Done():
			return fmt.Errorf("the connector does not answer on %s, where it says that it does: %w", r.starting.URL(), err)
		case <-time.After(healthInterval):
		}
	}
}

// remoteHealth checks an external connector. No answer is not a failure: the loop tries again.
func (r *round) remoteHealth(ctx context.Context) Outcome {
	err := r.loop.options.Health(ctx, r.loop.options.Remote)
	if ctx.Err() != nil {
		return Outcome{}
	}
	r.loop.change(func(s *Snapshot) {
		switch {
		case err != nil:
			s.Connector = Connector{}
		case !s.Connector.Running:
			s.Connector = Connector{Running: true, Since: time.Now()}
		}
	})
	if err != nil {
		return Outcome{Text: doesNotAnswer(r.loop.options.Remote, err)}
	}
	return Outcome{Text: plainnet.ShownURL(r.loop.options.Remote) + " answers"}
}

func doesNotAnswer(remote string, silence error) string {
	return fmt.Sprintf("%s does not answer: %v", plainnet.ShownURL(remote), silence)
}
