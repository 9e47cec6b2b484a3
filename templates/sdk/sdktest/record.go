package sdktest

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/templates/sdk"
)

// record runs a scenario's command on the real source and writes the recording.
func (r *runner) record(t reporter, s *scenario) error {
	m := newMask(r.options)
	realConfig, err := r.realConfig(s)
	if err != nil {
		return err
	}
	config, _ := readTree(realConfig)
	m.config(config)
	if r.config == nil && (len(m.secrets.standIns) > 0 || standInForm.MatchString(s.config)) {
		return errNoConfig
	}
	realInput, err := s.withRealSecrets(m)
	if err != nil {
		return err
	}
	rec := new(recorder)
	sent, failed := r.command(scoped(t.Context(), rec, false), s.request(realInput, realConfig))
	all, err := rec.exchanges()
	if err != nil {
		return err
	}
	recorded := &scenario{file: s.file, comment: s.comment, command: s.command, recorded: true}
	input, _ := readTree(realInput)
	m.write(recorded, config, input, all)
	onSource := failureOf(failed)
	if onSource != nil {
		onSource.problem = m.text(onSource.problem)
	}
	for i, x := range all {
		if failed != nil && x.failure != nil {
			return fmt.Errorf("request %d has no answer: %s", i+1, m.text(x.failure.Error()))
		}
	}
	used := s.usedStandIns()
	if failed != nil && used != "" && onSource.text() != s.failure.text() {
		return fmt.Errorf("the command fails: %s\nIts input has the stand-in %s, which the source does not know. Write the real value: recording replaces it again", onSource.problem, used)
	}
	if err := s.checkRecording(all, onSource, used); err != nil {
		return err
	}
	if err := r.settle(t, recorded, onSource); err != nil {
		return err
	}
	if err := m.check(recorded); err != nil {
		return err
	}
	if err := m.compareWith(t, recorded, sent); err != nil {
		return err
	}
	return write(s.file, recorded.text())
}

// checkRecording returns an error if the author is unlikely to want the recording: the command
// did not call the source; it fails, perhaps because of a wrong password; or it ends otherwise
// than the file says. used is a stand-in in the input; "" for none.
func (s *scenario) checkRecording(all []*exchange, failed *failure, used string) error {
	switch {
	case failed == nil && s.failure != nil:
		problem := fmt.Sprintf("the command succeeds, but the file expects an error of type %s", s.failure.kind)
		if used != "" {
			problem += fmt.Sprintf("\nIts input has the stand-in %s. If the source must know the value, write the real one: recording replaces it again", used)
		}
		return fmt.Errorf("%s\nIf the command must succeed, delete everything after it, and record it with %s=1", problem, recordVariable)
	case failed == nil && len(all) == 0 && (len(s.pairs) > 0 || !s.recorded):
		return fmt.Errorf("the command calls no source. %s If that is intended, write the sections %q and %q by hand", clientHint, configSection, linesSection)
	case failed == nil:
		return nil
	case s.failure == nil && !s.recorded && failed.kind != sdk.GenericError, s.failure != nil && s.failure.kind == failed.kind:
		return nil
	}
	problem := "the command fails"
	if s.failure != nil {
		problem = fmt.Sprintf("the command fails with an error of type %s, but the file expects %s", failed.kind, s.failure.kind)
	}
	return fmt.Errorf("%s: %s\nIf it must, write only these lines after the command, and record it with %s=1:\n-- %s --\n%s", problem, failed.problem, recordVariable, errorSection, failed.kind)
}

// clientHint suggests why a command sends no requests.
const clientHint = "Does the client use sdk/rest or http.DefaultTransport, and the context of the command?"

var errNoConfig = fmt.Errorf("recording calls the real source: set %s to a file with its config", configVariable)

// realConfig returns the config to record with: that of the real source, else that of the
// scenario, which suffices if it has no secrets.
func (r *runner) realConfig(s *scenario) (string, error) {
	text, from := string(r.config), "the file in "+configVariable
	if r.config == nil {
		text, from = s.config, "the config of the scenario"
	}
	if text == "" {
		return "", errNoConfig
	}
	if n, ok := readTree(text); !ok || n.kind != '{' {
		return "", fmt.Errorf("%s is not a JSON object", from)
	}
	return text, nil
}

// withRealSecrets returns the input with stand-ins replaced by secrets of the config or by new
// passwords.
func (s *scenario) withRealSecrets(m *mask) (string, error) {
	if !standInForm.MatchString(s.input) {
		return s.input, nil
	}
	n, ok := readTree(s.input)
	if !ok {
		return "", errNotUTF8
	}
	values := make(map[string]string)
	for value, standIn := range m.secrets.standIns {
		values[standIn] = value
	}
	n.each(func(_ place, leaf *node) {
		if standInForm.FindString(leaf.text) != leaf.text || leaf.text == "" {
			return
		}
		if values[leaf.text] == "" {
			values[leaf.text] = "aA1!" + rand.Text()
			m.secrets.giveAs(values[leaf.text], leaf.text)
		}
		leaf.text = values[leaf.text]
	})
	return n.pretty(), nil
}

// usedStandIns returns a stand-in in the input; "" for none.
func (s *scenario) usedStandIns() string {
	found := standInForm.FindString(s.input)
	n, ok := readTree(s.input)
	if !ok {
		return found
	}
	n.each(func(_ place, leaf *node) {
		for _, form := range standInFormats {
			if hasForm(leaf.text, form) {
				found = leaf.text
			}
		}
		if hasForm(leaf.text, standInAddress) {
			found = leaf.text
		}
	})
	return found
}

// write puts the recording into a scenario, with stand-ins. The config already has its own;
// input may be nil.
func (m *mask) write(s *scenario, config, input *node, all []*exchange) {
	var trees []*node
	if input != nil {
		m.input(input)
		trees = append(trees, input)
		if attributes := input.member("attributes"); strings.HasPrefix(string(s.command), "std:account:") && attributes != nil {
			m.about[attributes] = true
		}
	}
	answers := make([][]*node, len(all))
	for i, x := range all {
		m.request(x.request, x.body) // learns computed secrets before an answer repeats them
		sent, _ := readTrees(string(x.body))
		answers[i] = m.learnAnswer(x)
		for _, n := range slices.Concat(sent, answers[i]) {
			m.collections[n] = collectionOf(x.request.URL.Path)
			trees = append(trees, n)
		}
	}
	m.learnPeople(trees)
	if input != nil {
		m.tree(input)
		s.input = input.pretty()
	}
	for i, x := range all {
		s.pairs = append(s.pairs, &pair{name: strconv.Itoa(i + 1), request: m.request(x.request, x.body), answer: m.answer(x, answers[i])})
	}
	m.tree(config) // may contain the domain of an address
	s.config = config.pretty()
}

// settle runs the command on the recorded answers, as later tests do, and keeps its lines and
// error. It also keeps requests that the connector derives from stand-ins.
func (r *runner) settle(t reporter, s *scenario, onSource *failure) error {
	for _, adopt := range []bool{true, false} {
		lines, failed, problems, err := r.perform(t.Context(), s, adopt)
		if err != nil {
			return err
		}
		if failed != nil && onSource == nil {
			return fmt.Errorf(impossible+"the command succeeds on the source, and then fails\n%s\nStandIn sets a secret that must have a form, Public what must stay as it is\n%s",
				compare("", failed.text()), strings.Join(problems, "\n"))
		}
		if failed == nil && onSource != nil {
			return fmt.Errorf(impossible+"the command fails on the source, and then succeeds\n%s", compare(onSource.text(), ""))
		}
		if len(problems) > 0 {
			return fmt.Errorf(impossible+"the connector does not do the same again; Secret takes what changes each time out of the comparison, and Headers keeps further headers of answers\n%s", strings.Join(problems, "\n"))
		}
		if failed != nil && failed.kind != onSource.kind {
			return fmt.Errorf(impossible+"the command fails on the source, and then with an error of another type (- source, + then)\n%s", compare(onSource.text(), failed.text()))
		}
		if !adopt && failed.text() != s.failure.text() {
			return fmt.Errorf(impossible+"the command fails with another error each time (- first, + then)\n%s", compare(s.failure.text(), failed.text()))
		}
		if difference := compareLines(s.lines, lines); !adopt && difference != "" {
			return fmt.Errorf(impossible+"the connector sends other lines each time (- first, + then)\n%s", difference)
		}
		s.lines, s.failure = lines, failed
	}
	return nil
}

// impossible begins the errors of recordings that no test can replay.
const impossible = "the recording cannot be replayed: "

// check returns an error if a scenario still contains a secret or an email address.
func (m *mask) check(s *scenario) error {
	const refused = "a secret still occurs: %w"
	text := s.text()
	if len(text) > maxFile {
		return fmt.Errorf("it would have more than %d bytes: record a command that asks for less", maxFile)
	}
	if err := m.secrets.check(text); err != nil {
		return fmt.Errorf(refused, err)
	}
	if err := m.people.check(text); err != nil {
		return err
	}
	for _, p := range s.pairs {
		for name, part := range map[string]message{requestSection: p.request, answerSection: p.answer} {
			if isPlain(part.body) {
				continue // it is part of the text checked above
			}
			if err := m.secrets.check(part.body); err != nil {
				return fmt.Errorf(refused, fmt.Errorf("the body of %s %s: %w", name, p.name, err))
			}
		}
	}
	if _, err := readScenario(s.file, text); err != nil {
		return err
	}
	return nil
}

// compareWith logs how the lines on the real source differ from those on the recorded answers.
// Missing lines are an error: the connector does not recognize a stand-in.
func (m *mask) compareWith(t reporter, s *scenario, sent string) error {
	const problem = "on the source the connector sends other lines than in the replay (- source, + replay)"
	lines, err := readSent(sent)
	if err != nil {
		return err
	}
	for _, n := range lines {
		m.learn(n, m.secrets.find)
	}
	m.learnPeople(lines)
	for _, n := range lines {
		m.tree(n)
	}
	difference := compareLines(lines, s.lines)
	if len(lines) != len(s.lines) {
		return fmt.Errorf(impossible+problem+"\nPublic names what must stay as it is\n%s", difference)
	}
	if difference != "" {
		t.Logf("%s: %s\n%s", s.file, problem, difference)
	}
	return nil
}
