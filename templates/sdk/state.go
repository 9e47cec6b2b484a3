package sdk

import (
	"encoding/json"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// DecodeState reads the state in the input of a stateful command into the type
// that the connector saves with [Writer.SaveState]. Without a state, as in the
// first run, it is the zero S.
func DecodeState[S any](raw json.RawMessage) (S, error) {
	var state S
	if jsontext.IsNull(raw) {
		return state, nil
	}
	if err := json.Unmarshal(raw, &state); err != nil {
		var none S
		return none, Errorf("state: %w", err)
	}
	return state, nil
}

// SaveState sets the state that ISC hands to the next stateful run. It must be a
// JSON object, best with texts only; [DecodeState] reads it back. It is sent as
// the command's last line, after the handler succeeds: a command that fails
// keeps the last run's state. If it is saved twice, the last one counts.
//
//go:noinline
func (w *Writer) SaveState(state any) error {
	text, err := appendValue(nil, state)
	return w.core.saveState(text, err)
}

// saveState keeps a state as JSON; err is the error of encoding it.
func (w *writer) saveState(text []byte, err error) error {
	defer w.reportLate()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.failure(); err != nil {
		return w.refuse(err)
	}
	if err == nil && w.options.javaScript {
		err = checkRounding(w.command, "state", text)
	}
	if err != nil {
		return w.note(err)
	}
	w.state = text
	return nil
}

// sendState sends the saved state, if there is one and somebody to read it.
func (w *writer) sendState() {
	if w.state == nil || w.failure() != nil {
		return
	}
	_ = w.add("state", func(b []byte) ([]byte, error) { return append(b, w.state...), nil }) // cannot fail
}
