package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/console"
	"github.com/conngen/conngen/console/loop"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/schema"
)

// showLoop prints what the loop does, without the secrets that the page knows, until the loop ends.
// It then closes the channel.
func (a app) showLoop(l *loop.Loop, p *devProject, page *console.Server) <-chan struct{} {
	events, over := l.Subscribe(context.Background()), make(chan struct{})
	s := devScreen{app: a, project: p, problems: l.Problems, mask: page.Mask, readConfig: page.ReadConfig}
	go func() {
		defer close(over)
		s.config()
		for e := range events {
			s.show(e)
		}
	}()
	return over
}

// A devScreen prints what a loop does: a line where a round begins and where it ends, and what is
// wrong.
type devScreen struct {
	app      app
	project  *devProject
	problems func() []loop.Group
	mask     func(string) string // takes secrets out of a text
	// readConfig reads the config file again, and says what is wrong with it, and whether others can
	// read its secrets.
	readConfig func() (problem *loop.Problem, exposed bool)
	waiting    bool // for a connector that somebody else runs
	again      bool // the last round was out of date before its end
}

func (s *devScreen) show(e loop.Event) {
	switch e.Kind {
	case loop.EventBegin:
		s.begin(e.Round)
	case loop.EventRound:
		if s.again = e.Round.Superseded; !s.again {
			s.round(e.Round)
		}
	case loop.EventEnding:
		s.print(loop.GroupBuild)
		s.app.note("the next change starts the connector again")
	case loop.EventLine:
		if s.app.screen.verbose {
			fmt.Fprintf(s.app.stderr, "%s\n", s.mask(e.Line.Text))
		}
	case loop.EventConfig:
		s.app.note("changed: %s", found.Shown(s.project.config))
		s.config()
	case loop.EventState:
		s.state(e.Snapshot)
	}
}

// config says what is wrong with the config file. Its lines are not shown, since they have secrets.
func (s *devScreen) config() {
	problem, exposed := s.readConfig()
	name := found.Shown(s.project.config)
	switch {
	case problem != nil:
		p := *problem
		p.Message, p.Hint = s.mask(p.Message), s.mask(p.Hint)
		s.finding(report.File{Source: schema.NewFile(name, nil)}, s.project.config, p)
	case s.project.namesConfig && !exists(s.project.config):
		s.app.note("%s does not exist; the form in the page creates it", name)
	case exposed:
		fmt.Fprintf(s.app.stderr, "warning: other users of this machine can read the secrets in %s; run chmod 600 %s\n", name, shellWord(name))
	}
}

// begin says why a round begins. For rounds in quick succession, as in a rebase, the first line is
// enough.
func (s *devScreen) begin(r loop.Round) {
	tell := s.app.note
	if s.again {
		tell = s.app.detail
	}
	if len(r.Changed) > 0 {
		tell("changed: %s", s.names(r.Changed))
	}
}

// state tells about a connector that somebody else runs, and that no longer answers.
func (s *devScreen) state(snapshot loop.Snapshot) {
	waiting := s.project.connector != "" && !snapshot.Connector.Running && snapshot.Phase != loop.PhaseStopped
	if waiting && !s.waiting && snapshot.Phase != loop.PhaseStarting {
		s.app.note("waiting: %s", s.mask(snapshot.Step(loop.StepHealth).Text))
	}
	if snapshot.Phase != loop.PhaseStarting {
		s.waiting = waiting
	}
}

// mostNames is how many files a line names.
const mostNames = 3

// names names files as people write them.
func (s *devScreen) names(paths []string) string {
	var names []string
	for _, path := range paths[:min(len(paths), mostNames)] {
		names = append(names, found.Shown(path))
	}
	text := strings.Join(names, ", ")
	if more := len(paths) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// round prints the result of a round.
func (s *devScreen) round(r loop.Round) {
	var took []string
	for _, step := range r.Snapshot.Steps {
		if step.State == loop.StateDone || step.State == loop.StateFailed {
			took = append(took, fmt.Sprintf("%s %d ms", step.Name, step.Ms))
		}
	}
	s.app.detail("%s", strings.Join(took, ", "))
	if r.Failed {
		failed := failedStepOf(r.Snapshot)
		s.print(groupOf(failed))
		s.app.note("%s", failure(failed, r.Snapshot))
		return
	}
	switch validate, build := r.Snapshot.Step(loop.StepValidate), r.Snapshot.Step(loop.StepBuild); {
	case build.State == loop.StateDone:
		s.app.note("built in %s%s", seconds(r.Ms), s.remarks())
	case validate.State == loop.StateDone:
		s.app.note("checked in %s%s", seconds(r.Ms), s.remarks())
	}
}

// seconds is a time for people.
func seconds(ms int64) string {
	return fmt.Sprintf("%.1f s", (time.Duration(ms) * time.Millisecond).Seconds())
}

// remarks list what is wrong although the connector answers.
func (s *devScreen) remarks() string {
	var remarks []string
	for _, g := range s.problems() {
		if len(g.Found) == 0 {
			continue
		}
		switch g.Name {
		case loop.GroupValidate:
			remarks = append(remarks, plural.Count(len(g.Found), "finding")+" in the spec")
		case loop.GroupStub:
			remarks = append(remarks, plural.Count(len(g.Found), "method")+" of the client to look at")
		case loop.GroupDrift:
			remarks = append(remarks, plural.Count(len(g.Found), "file")+" out of date")
		}
	}
	if len(remarks) == 0 {
		return ""
	}
	return "; " + strings.Join(remarks, ", ")
}

// failedStepOf returns the step that failed.
func failedStepOf(snapshot loop.Snapshot) loop.StepName {
	for _, step := range snapshot.Steps {
		if step.State == loop.StateFailed {
			return step.Name
		}
	}
	return ""
}

// groupOf returns the group of problems that says why a step failed.
func groupOf(step loop.StepName) loop.GroupName {
	switch step {
	case loop.StepValidate:
		return loop.GroupValidate
	case loop.StepGenerate:
		return loop.GroupDrift
	}
	return loop.GroupBuild
}

// failure says which step failed, and who answers meanwhile.
func failure(step loop.StepName, snapshot loop.Snapshot) string {
	text := strings.TrimSpace(string(step) + " failed")
	if snapshot.Connector.Stale {
		return text + "; the connector of " + snapshot.Connector.Since.Format(time.TimeOnly) + " keeps running"
	}
	return text
}

// print prints the errors of some groups, as generate prints those of a spec. If methods are
// missing, that is why the code does not build.
func (s *devScreen) print(names ...loop.GroupName) {
	groups := make(map[loop.GroupName]loop.Group)
	for _, g := range s.problems() {
		groups[g.Name] = g
	}
	if slices.Contains(names, loop.GroupBuild) && len(groups[loop.GroupBuild].Found) > 0 {
		names = append(names, loop.GroupStub)
	}
	for _, name := range names {
		for _, p := range groups[name].Found {
			if p.Severity == string(schema.Error) {
				s.problem(name, p)
			}
		}
	}
}

// problem prints one problem, with its line where it has a place.
func (s *devScreen) problem(group loop.GroupName, p loop.Problem) {
	p.Message, p.Hint = s.mask(p.Message), s.mask(p.Hint)
	if p.Path == "" || p.Line == 0 {
		fmt.Fprintf(s.app.stderr, "error: %s\n", p.Message)
		if p.Hint != "" {
			fmt.Fprintf(s.app.stderr, "   hint: %s\n", p.Hint)
		}
		return
	}
	path := filepath.FromSlash(p.Path)
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.project.dir, path)
	}
	if group == loop.GroupValidate {
		s.specProblem(path, p)
		return
	}
	text, _ := os.ReadFile(path) // without it, only the place is shown
	s.finding(report.File{Source: schema.NewFile(found.Shown(path), text)}, path, p)
}

// specProblem prints a problem of the spec or its settings, without the secrets in the line.
func (s *devScreen) specProblem(path string, p loop.Problem) {
	s.project.mu.Lock()
	source := s.project.source
	s.project.mu.Unlock()
	file := report.File{Source: schema.NewFile(found.Shown(path), nil)}
	if source.path != "" && filepath.Base(source.path) == filepath.Base(path) {
		file = source.file(nil)
	}
	s.finding(file, path, p)
}

func (s *devScreen) finding(file report.File, path string, p loop.Problem) {
	d := schema.Diagnostic{
		Path: found.Shown(path), Rule: p.Rule, Severity: schema.Severity(p.Severity), Message: p.Message, Hint: p.Hint,
		Position: schema.Position{Line: p.Line, Column: max(p.Column, 1), EndLine: p.EndLine, EndColumn: p.EndColumn, Width: 1},
	}
	if d.Rule == "" {
		d.Rule = "build"
	}
	if p.EndLine == p.Line && p.EndColumn > p.Column {
		d.Width = p.EndColumn - p.Column
	}
	file.Findings = schema.Diagnostics{d}
	_ = report.Text(report.Options{Colour: s.app.screen.stderr.colour()})(s.app.stderr, []report.File{file})
}
