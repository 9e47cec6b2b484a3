package calls

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// A LogLine is a line that the connector wrote to standard error.
type LogLine struct {
	At      time.Time                  `json:"at"`
	Call    int                        `json:"call"` // 0 for none
	Level   string                     `json:"level"`
	Message string                     `json:"message"`
	Fields  map[string]json.RawMessage `json:"fields"`
	Text    string                     `json:"text,omitempty"` // of a line that is not JSON
}

// The limits of the log lines of a call. A line has at most maxLogLine bytes.
const (
	maxLogs    = 2000
	maxLogLine = 64 << 10
)

// Log takes a line of the connector's log, and returns it masked. It belongs to the call with its
// request ID; without one, to the only running call.
func (r *Recorder) Log(at time.Time, text string) LogLine {
	line := LogLine{At: at, Fields: make(map[string]json.RawMessage)}
	requestID := ""
	switch {
	case len(text) > maxLogLine:
		kept := max(0, maxLogLine-r.options.Masker.Longest())
		line.Text = r.options.Masker.Text(strings.ToValidUTF8(text[:kept], "")) + "…"
	case strings.HasPrefix(text, "{") && isJSON([]byte(text)):
		requestID = gjson.Get(text, "requestId").String()
		line.read(r.options.Masker.JSON([]byte(text)))
	default:
		line.Text = r.options.Masker.Text(strings.ToValidUTF8(text, "\uFFFD"))
	}
	if c := r.callOf(requestID, at); c != nil {
		line.Call = c.id
		c.addLog(line)
	}
	return line
}

// read reads a masked line in JSON.
func (l *LogLine) read(text []byte) {
	gjson.ParseBytes(text).ForEach(func(key, value gjson.Result) bool {
		switch name := key.String(); name {
		case "level":
			l.Level = value.String()
		case "message", "msg":
			l.Message = value.String()
		case "timestamp", "time":
			if at, err := time.Parse(time.RFC3339, value.String()); err == nil {
				l.At = at
			}
		default:
			l.Fields[name] = json.RawMessage(value.Raw)
		}
		return true
	})
}

// lateness is how long after the end of a call its last log lines may arrive.
const lateness = 500 * time.Millisecond

// callOf returns the call with a request ID, or the only running one.
func (r *Recorder) callOf(requestID string, at time.Time) *recording {
	r.mu.Lock()
	defer r.mu.Unlock()
	var running []*recording
	for _, c := range slices.Backward(r.calls) {
		c.mu.Lock()
		is, runs := requestID != "" && c.requestID == requestID, !c.over || at.Sub(c.overAt) < lateness
		c.mu.Unlock()
		if is {
			return c
		}
		if runs {
			running = append(running, c)
		}
	}
	if requestID == "" && len(running) == 1 {
		return running[0]
	}
	return nil
}

func (c *recording) addLog(line LogLine) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.logs) == maxLogs {
		c.logs = slices.Delete(c.logs, 0, maxLogs/10)
	}
	c.logs = append(c.logs, line)
}

// Logs returns the last log lines of a call.
func (r *Recorder) Logs(id int) ([]LogLine, error) {
	c, err := r.find(id)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]LogLine{}, c.logs...), nil
}
