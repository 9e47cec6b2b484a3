package loop

// A Loop keeps the connector of a project running.
type Loop struct {
	*board
	rebuild chan struct{}
}

// New returns a loop that does not run yet.
func New() *Loop {
	return &Loop{board: newBoard(), rebuild: make(chan struct{}, 1)}
}

// Rebuild starts a round, as if all files had changed.
func (l *Loop) Rebuild() {
	select {
	case l.rebuild <- struct{}{}:
	default: // one is asked for already
	}
}
