package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os/exec"
	"strings"
)

// A checkAnswer is the result of the connector's decoding of a config.
type checkAnswer struct {
	Config   json.RawMessage `json:"config"` // null if the program was not asked
	Findings []finding       `json:"findings"`
	Decoded  bool            `json:"decoded"` // the program was asked
	Why      string          `json:"why"`     // it was not
}

// A finding is a fault of a config.
type finding struct {
	Key      string `json:"key"`
	Message  string `json:"message"`
	Severity string `json:"severity"`
}

// checkConfig asks the running program to check a config. The config goes to its standard input, so no
// file and no list of processes shows it.
func (s *Server) checkConfig(req *http.Request) (any, error) {
	var body struct{ Values map[string]any }
	if err := readBody(req, &body); err != nil {
		return nil, err
	}
	if body.Values == nil {
		return nil, fail(http.StatusBadRequest, "the values of the config are missing")
	}
	s.config.mu.Lock()
	values, err := s.config.reveal(body.Values)
	s.config.mu.Unlock()
	if err != nil {
		return nil, err
	}
	s.masker.Learn(secretsIn(s.currentSpec(), values)...)
	return s.askProgram(req.Context(), encode(values)), nil
}

func (s *Server) askProgram(ctx context.Context, config json.RawMessage) checkAnswer {
	answer := checkAnswer{Config: json.RawMessage("null"), Findings: []finding{}}
	program := s.options.Loop.Program()
	switch {
	case s.options.Connector != "":
		answer.Why = "somebody else runs this connector, so its decoding cannot be checked"
		return answer
	case program == "":
		answer.Why = "the connector is not running"
		return answer
	}
	ctx, cancel := s.within(ctx, patience)
	defer cancel()
	var out, problem limitedBuffer
	command := exec.CommandContext(ctx, program, "config", "--config", "-", "--format", "json")
	command.Dir, command.Stdin, command.Stdout, command.Stderr = s.options.Dir, bytes.NewReader(config), &out, &problem
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		answer.Why = "the program could not be asked"
		return answer
	}
	var said struct {
		Config   json.RawMessage
		Findings []finding
	}
	if json.Unmarshal(out.Bytes(), &said) != nil || said.Config == nil {
		answer.Why = "the program did not report on the config"
		if text := strings.TrimSpace(problem.String()); text != "" {
			line, _, _ := strings.Cut(text, "\n")
			answer.Why += ": " + s.masker.Text(line)
		}
		return answer
	}
	answer.Decoded, answer.Config = true, s.masker.JSON(said.Config)
	for _, f := range said.Findings {
		answer.Findings = append(answer.Findings, finding{s.masker.Text(f.Key), s.masker.Text(f.Message), f.Severity})
	}
	return answer
}

// A limitedBuffer keeps the beginning of what is written.
type limitedBuffer struct{ bytes.Buffer }

// maxOutput is how much a program may print.
const maxOutput = 16 << 20

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if room := maxOutput - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
