package sdktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/nearest"
)

// maxFile is the maximum size of a scenario's file.
const maxFile = 64 << 20

// The names of a scenario's sections. Those of a request and its answer have a number, or
// any other text, after them.
const (
	commandSection = "command"
	configSection  = "config"
	requestSection = "request"
	answerSection  = "answer"
	linesSection   = "lines"
	errorSection   = "error"
)

// A scenario is a file with a command and its recording.
type scenario struct {
	file    string
	comment string

	command sdk.Command
	input   string // JSON; "" for none
	config  string // JSON; "" for none
	pairs   []*pair

	configLine int // where the section is; 0 for none

	recorded  bool // the file has the command's lines or error
	lines     []*node
	linesLine int
	failure   *failure // nil if the command succeeds
	errorLine int
}

// isNew reports whether nothing of the file would be lost by a recording: after the command it
// has at most a config, and the type of the expected error.
func (s *scenario) isNew() bool {
	return len(s.pairs) == 0 && s.linesLine == 0 && (s.failure == nil || s.failure.problem == "")
}

// at returns a line of the file for messages; 0 means that the file is not written yet.
func (s *scenario) at(line int) string {
	if line == 0 {
		return s.file
	}
	return fmt.Sprintf("%s:%d", s.file, line)
}

// A pair is a request of the command and the source's answer.
type pair struct {
	name            string
	line            int // where the request is
	request, answer message
}

// breaks reports whether a request of the scenario has no answer.
func (s *scenario) breaks() bool {
	return slices.ContainsFunc(s.pairs, func(p *pair) bool { return p.answer.head[0] == noAnswer })
}

// A failure is the error of a command.
type failure struct{ kind, problem string }

// text writes the failure as a section; "" for none.
func (f *failure) text() string {
	if f == nil {
		return ""
	}
	return message{[]string{f.kind}, f.problem}.text()
}

// failureOf returns the failure that ISC would get; nil for none.
func failureOf(err error) *failure {
	if err == nil {
		return nil
	}
	kind := sdk.GenericError
	var typed *sdk.Error
	if errors.As(err, &typed) {
		kind = typed.ErrorType()
	}
	return &failure{kind: kind, problem: err.Error()}
}

// isAboutConfig reports whether the config stopped the command before it had a client. It goes by
// the text, which is all that another program sends of an [sdk.ConfigError].
func (f *failure) isAboutConfig() bool {
	return f != nil && f.kind == sdk.GenericError && strings.HasPrefix(f.problem, "config: ")
}

// configHint says where to correct the config.
func (s *scenario) configHint() string {
	if s.configLine == 0 {
		return fmt.Sprintf("%s: the command gets no config: add the section %q", s.file, configSection)
	}
	return fmt.Sprintf("%s: the config of the command is in this section: correct it there", s.at(s.configLine))
}

var errNotUTF8 = errors.New("is not UTF-8")

// readFile reads the text of a scenario.
func readFile(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	if info.Size() > maxFile {
		return "", fmt.Errorf("%s has more than %d bytes", file, maxFile)
	}
	text, err := os.ReadFile(file)
	return string(text), err
}

// readScenario reads a file's text. Its errors begin with the file and the line.
func readScenario(file, text string) (*scenario, error) {
	s := &scenario{file: file}
	var sections []section
	s.comment, sections = readArchive(text)
	seen := make(map[string]bool)
	for _, sec := range sections {
		var err error
		if seen[sec.name] {
			err = fmt.Errorf("duplicate section %q", sec.name)
		} else {
			seen[sec.name] = true
			err = s.read(sec)
		}
		if err != nil {
			line := sec.line
			var at *lineError
			if errors.As(err, &at) {
				line += 1 + at.line
			}
			return nil, fmt.Errorf("%s:%d: %w", file, line, err)
		}
	}
	if s.command == "" {
		return nil, fmt.Errorf("%s:1: the section %q is missing: the name of a command, and its input in the lines below", file, commandSection)
	}
	for _, p := range s.pairs {
		if p.answer.head == nil {
			return nil, fmt.Errorf("%s:%d: request %s has no answer: the section %q must follow", file, p.line, p.name, answerSection+" "+p.name)
		}
	}
	return s, nil
}

func (s *scenario) read(sec section) error {
	kind, name, _ := strings.Cut(sec.name, " ")
	isPair := kind == requestSection || kind == answerSection
	switch {
	case isPair && strings.TrimSpace(name) == "":
		return fmt.Errorf("the section %q needs a number, the same for a request and its answer", sec.name)
	case kind == requestSection:
		return s.readRequest(name, sec)
	case kind == answerSection:
		return s.readAnswer(name, sec)
	}
	switch sec.name {
	case commandSection:
		return s.readCommand(sec.text)
	case configSection:
		s.config, s.configLine = strings.TrimSpace(sec.text), sec.line
		return checkJSON(sec.text, 0)
	case linesSection:
		s.recorded, s.linesLine = true, sec.line
		return s.readLines(sec.text)
	case errorSection:
		s.recorded, s.errorLine = true, sec.line
		m, err := readMessage(sec.text)
		if err == nil && len(m.head) != 1 {
			err = errors.New("the first line is the type of the error, and its text follows a blank line")
		}
		if err == nil {
			s.failure = &failure{kind: m.head[0], problem: m.body}
		}
		return err
	}
	known := []string{commandSection, configSection, requestSection + " 1", answerSection + " 1", linesSection, errorSection}
	if meant := nearest.Name(sec.name, known); meant != "" {
		return fmt.Errorf("unknown section %q; did you mean %q?", sec.name, meant)
	}
	return fmt.Errorf("unknown section %q: a scenario has %s", sec.name, strings.Join(known, ", "))
}

func (s *scenario) readCommand(text string) error {
	name, input, _ := strings.Cut(text, "\n")
	s.command, s.input = sdk.Command(strings.TrimSpace(name)), strings.TrimSpace(input)
	if s.command == "" {
		return &lineError{0, errors.New("the first line must be the name of the command, such as std:account:list")}
	}
	if s.input == "" {
		return nil
	}
	return checkJSON(input, 1)
}

// checkJSON returns the error of text that is not JSON, with its line; first is the number of
// the first line.
func checkJSON(text string, first int) error {
	if _, ok := readTree(text); ok {
		return nil
	}
	line, err := first, error(jsontext.ErrNotJSON)
	var v any
	var syntax *json.SyntaxError
	if problem := json.Unmarshal([]byte(text), &v); errors.As(problem, &syntax) {
		line += strings.Count(text[:min(len(text), int(syntax.Offset))], "\n")
		err = fmt.Errorf("%w: %w", jsontext.ErrNotJSON, syntax)
	}
	return &lineError{line, fmt.Errorf("the section %w", err)}
}

func (s *scenario) readRequest(name string, sec section) error {
	m, err := readMessage(sec.text)
	if err != nil {
		return err
	}
	method, address, ok := strings.Cut(m.head[0], " ")
	if !ok || method == "" || !strings.Contains(address, "://") {
		return &lineError{0, fmt.Errorf("%q is not the first line of a request, such as GET https://api.example.com/users", m.head[0])}
	}
	if err := checkHeaders(m.head); err != nil {
		return err
	}
	s.pairs = append(s.pairs, &pair{name: name, line: sec.line, request: m})
	return nil
}

func (s *scenario) readAnswer(name string, sec section) error {
	i := len(s.pairs) - 1
	if i < 0 || s.pairs[i].name != name {
		return fmt.Errorf("the section %q must come before", requestSection+" "+name)
	}
	m, err := readMessage(sec.text)
	if err != nil {
		return err
	}
	if _, ok := statusOf(m.head[0]); !ok && m.head[0] != noAnswer {
		return &lineError{0, fmt.Errorf("%q is not the first line of an answer, such as 200 OK, or %s", m.head[0], noAnswer)}
	}
	if err := checkHeaders(m.head); err != nil {
		return err
	}
	s.pairs[i].answer = m
	return nil
}

func checkHeaders(head []string) error {
	for i, line := range head[1:] {
		if name, _, ok := strings.Cut(line, ":"); !ok || name == "" || strings.ContainsAny(name, " \t") {
			return &lineError{1 + i, fmt.Errorf("%q is not a header, such as Content-Type: application/json; a blank line comes before the body", line)}
		}
	}
	return nil
}

func (s *scenario) readLines(text string) error {
	lines, offsets, err := readStream(text)
	at := func(i int) int { return strings.Count(text[:offsets[i]], "\n") }
	if err != nil {
		return &lineError{at(len(offsets) - 1), fmt.Errorf("a line is not JSON: %w", err)}
	}
	for i, n := range lines {
		if n.kind != '{' || n.member("data") == nil || n.member("type") == nil {
			return &lineError{at(i), errors.New(`a line has the members data and type: {"data": {}, "type": "output"}`)}
		}
	}
	s.lines = lines
	return nil
}

// text writes the scenario as a file.
func (s *scenario) text() string {
	b := []byte(s.comment)
	command := string(s.command) + "\n"
	if s.input != "" {
		command += s.input + "\n"
	}
	b = appendSection(b, commandSection, command)
	if s.config != "" {
		b = appendSection(b, configSection, s.config+"\n")
	}
	for i, p := range s.pairs {
		number := " " + strconv.Itoa(i+1)
		b = appendSection(b, requestSection+number, p.request.text())
		b = appendSection(b, answerSection+number, p.answer.text())
	}
	var lines []byte
	for _, n := range s.lines {
		lines = append(n.append(lines, false), '\n')
	}
	b = appendSection(b, linesSection, string(lines))
	if s.failure != nil {
		b = appendSection(b, errorSection, s.failure.text())
	}
	return string(b)
}

// write writes the whole file, or nothing.
func write(file, text string) (err error) {
	mode := os.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Chmod(mode), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// readSent reads the lines of a command, without keep-alives.
func readSent(text string) ([]*node, error) {
	all, _, err := readStream(text)
	return slices.DeleteFunc(all, func(n *node) bool {
		kind := n.member("type")
		return kind != nil && kind.text == "keepAlive"
	}), err
}
