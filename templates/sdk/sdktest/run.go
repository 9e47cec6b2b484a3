package sdktest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/items"
)

// Environment variables of the tests.
const (
	recordVariable = "SDKTEST_RECORD"        // what to record; see recording
	configVariable = "CONNECTOR_TEST_CONFIG" // file with the config of a real source
)

// A recording says which scenarios are recorded. Others are replayed.
type recording int

const (
	recordNone recording = iota
	recordNew            // those that have nothing after the command
	recordAll
)

// recordingOf returns the meaning of SDKTEST_RECORD.
func recordingOf(value string) (recording, error) {
	switch value {
	case "":
		return recordNone, nil
	case "1":
		return recordNew, nil
	case "all":
		return recordAll, nil
	}
	return recordNone, fmt.Errorf("%s is %q: set it to 1 to record the scenarios that have nothing after the command, or to all to record every scenario again", recordVariable, value)
}

// extension ends the names of scenarios.
const extension = ".txtar"

// Run runs the scenarios of a folder, such as "testdata/scenarios", and of its subfolders, one
// after another. Each is a subtest with the name of its file.
//
// SDKTEST_RECORD in the environment records scenarios. Run then runs their commands on the real
// source, with the config in the file that CONNECTOR_TEST_CONFIG names. Commands take effect
// there: a create command creates an account. Run writes the name of each file that it records
// to standard error.
//
//   - SDKTEST_RECORD=1 records the files that have nothing after the command but, at most, a
//     config and the type of the expected error. The others are replayed and stay as they are.
//   - SDKTEST_RECORD=all records all files, so it also repeats the commands of those that have
//     been recorded. They are sent with their stand-ins. A file stays as it is, and the test
//     fails, if it expects an error and the command succeeds or fails with an error of another
//     type, or if it expects none and the command fails.
//
// To record one file, name it: go test -run 'TestScenarios/NAME'.
func Run(t *testing.T, c *sdk.Connector, folder string, opts ...Option) {
	t.Helper()
	r, err := newRunner(c, opts)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filesIn(folder)
	if err != nil {
		t.Fatal(err)
	}
	if r.recording, err = recordingOf(os.Getenv(recordVariable)); err != nil {
		t.Fatal(err)
	}
	if r.recording != recordNone && r.options.through != nil {
		t.Skip("recording does not work with Through")
	}
	defer r.close()
	if name := os.Getenv(configVariable); r.recording != recordNone && name != "" {
		if r.config, err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range files {
		name, _ := filepath.Rel(folder, file) // it is in there
		t.Run(strings.TrimSuffix(filepath.ToSlash(name), extension), func(t *testing.T) { r.run(t, file) })
	}
	r.end()
}

// filesIn returns the scenarios below a folder.
func filesIn(folder string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(folder, func(file string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(file) == extension {
			files = append(files, file)
		}
		return err
	})
	if err == nil && files == nil {
		err = fmt.Errorf("%s has no scenarios: write a file such as %s with the lines\n\n-- %s --\nstd:test-connection\n\nand record it with %s=1",
			folder, filepath.Join(folder, "test-connection"+extension), commandSection, recordVariable)
	}
	return files, err
}

// A reporter is the part of a test that a scenario needs.
type reporter interface {
	Helper()
	Context() context.Context
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
}

// A runner runs scenarios.
type runner struct {
	connector *sdk.Connector
	options   *options
	recording recording
	config    []byte    // of the real source; nil for none
	notes     io.Writer // gets the names of recorded files
	sent      int       // commands that were to be recorded

	// stages stay until all scenarios have run: a connector elsewhere may keep tokens by the
	// address of a source, so no two sources may share one.
	stages []*stage
}

func newRunner(c *sdk.Connector, opts []Option) (*runner, error) {
	spec := c.Spec()
	keys, err := items.Read(spec.JSON)
	if err != nil {
		return nil, fmt.Errorf("the connector's spec: %w", err)
	}
	o := &options{standIns: make(map[string]string), secretKeys: spec.Secrets, passwords: spec.Passwords, keys: keys}
	for _, set := range opts {
		set(o)
	}
	return &runner{connector: c, options: o, notes: os.Stderr}, nil
}

// end tells an author who expected a recording that there was none.
func (r *runner) end() {
	if r.recording == recordNew && r.sent == 0 {
		fmt.Fprintf(r.notes, "nothing to record: %s=1 records only scenarios that have nothing after the command\n", recordVariable)
	}
}

func (r *runner) close() {
	for _, st := range r.stages {
		st.close()
	}
}

// run runs the scenario of a file.
func (r *runner) run(t reporter, file string) {
	t.Helper()
	text, err := readFile(file)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	s, err := readScenario(file, text)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	switch {
	case r.recording == recordAll || r.recording == recordNew && s.isNew():
		r.sent++
		if err := r.record(t, s); err != nil {
			t.Errorf("%s is not written: %v", file, err)
			return
		}
		fmt.Fprintf(r.notes, "recorded %s\n", file)
		return
	case s.isNew():
		t.Errorf("%s has not been recorded: set %s=1, and %s to a file with the config of a source", file, recordVariable, configVariable)
		return
	case !s.recorded:
		t.Errorf("%s has answers, but neither of the sections %q and %q: write the expected one, or delete everything after the command and record it with %s=1", file, linesSection, errorSection, recordVariable)
		return
	}
	for _, problem := range r.replay(t.Context(), s) {
		t.Errorf("%s", problem)
	}
}

// replay runs a recorded scenario and returns the problems.
func (r *runner) replay(ctx context.Context, s *scenario) []string {
	lines, failed, problems, err := r.perform(ctx, s, false)
	if err != nil {
		return []string{err.Error()}
	}
	expected, got := s.failure.text(), failed.text()
	isElsewhere := r.options.through != nil
	if isElsewhere && failed != nil && s.failure != nil && failed.kind == s.failure.kind && s.breaks() {
		got = expected
	}
	missed := len(problems) > 0
	if missed && !failed.isAboutConfig() && (got == "" || isElsewhere || strings.Contains(got, errUnexpected.Error())) {
		return problems // the result without an answer does not matter
	}
	switch {
	case expected == got:
	case got == "":
		problems = append(problems, fmt.Sprintf("%s:%d: the command succeeds, but must fail with this error\n%s", s.file, s.errorLine, compare(expected, "")))
	case expected == "":
		problems = append(problems, fmt.Sprintf("%s: the command must succeed, but fails with this error\n%s", s.file, compare("", got)))
	default:
		problems = append(problems, fmt.Sprintf("%s:%d: the command fails with another error (- expected, + sent)\n%s", s.file, s.errorLine, compare(expected, got)))
	}
	if expected != got && failed.isAboutConfig() {
		problems = append(problems, s.configHint())
	}
	if difference := compareLines(s.lines, lines); !missed && difference != "" {
		problems = append(problems, fmt.Sprintf("%s:%d: the connector sends other lines (- expected, + sent)\n%s", s.file, s.linesLine, difference))
	}
	return problems
}

// perform runs a scenario's command on the recorded answers.
func (r *runner) perform(ctx context.Context, s *scenario, adopt bool) (lines []*node, failed *failure, problems []string, err error) {
	m := newMask(r.options)
	m.people = nil
	config, given, err := r.withStandIns(s, m)
	if err != nil {
		return nil, nil, nil, err
	}
	answers := newReplay(s, m, given)
	answers.adopt = adopt
	var sent string
	if r.options.through == nil {
		replaying.Add(1)
		defer replaying.Add(-1)
		sent, err = r.command(scoped(ctx, answers, true), s.request(s.input, config))
	} else {
		st, stageErr := newStage(s, answers)
		if stageErr != nil {
			return nil, nil, nil, stageErr
		}
		r.stages = append(r.stages, st)
		sent, err = st.run(ctx, r.options.through, s, config)
	}
	failed = failureOf(err)
	problems = answers.end(failed.isAboutConfig())
	lines, err = readSent(sent)
	return lines, failed, problems, err
}

// withStandIns returns the config and the answers of a scenario, with the author's stand-ins
// for secrets.
func (r *runner) withStandIns(s *scenario, m *mask) (string, map[*pair]message, error) {
	config, answers := s.config, make(map[*pair]message)
	missing := maps.Clone(r.options.standIns)
	set := func(at place, leaf *node) {
		value, isSet := r.options.standIns[at.name]
		if known := m.secrets.standIns[value]; !isSet || leaf.kind != '"' || known != "" && known != leaf.text {
			return // the first of several secrets with a name counts
		}
		delete(missing, at.name)
		m.secrets.giveAs(value, leaf.text)
		leaf.set(value)
	}
	if n, ok := readTree(config); ok && len(missing) > 0 {
		n.each(set)
		config = n.pretty()
	}
	for _, p := range s.pairs {
		answer := p.answer
		if trees, ok := readTrees(answer.body); ok && len(r.options.standIns) > 0 {
			for _, n := range trees {
				n.each(set)
			}
			answer.body = treesText(trees)
		}
		answers[p] = answer
	}
	if len(missing) > 0 && config != "" {
		return "", nil, fmt.Errorf("%s: neither the config nor an answer has a text %q, for which the test sets a stand-in", s.file, slices.Sorted(maps.Keys(missing))[0])
	}
	return config, answers, nil
}

// command runs a command with a source of answers, and returns the lines that it sends.
func (r *runner) command(ctx context.Context, req sdk.Request) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return linesOf(ctx, r.connector.Run, req)
}

// request returns the request of a scenario's command.
func (s *scenario) request(input, config string) sdk.Request {
	req := sdk.Request{Type: s.command}
	if input != "" {
		req.Input = json.RawMessage(input)
	}
	if config != "" {
		req.Config = json.RawMessage(config)
	}
	return req
}

// linesOf runs a command and returns the lines that it sends.
func linesOf(ctx context.Context, run runFunc, req sdk.Request) (string, error) {
	var lines bytes.Buffer
	err := run(ctx, req, func(b []byte) error {
		if lines.Len()+len(b) > maxFile {
			return fmt.Errorf("sdktest: the command sends more than %d bytes", maxFile)
		}
		_, err := lines.Write(b)
		return err
	})
	return lines.String(), err
}

var _ reporter = (*testing.T)(nil)
