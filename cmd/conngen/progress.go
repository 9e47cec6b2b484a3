package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/conngen/conngen/internal/plural"
)

// progressInterval is the time between two states of the line.
const progressInterval = 100 * time.Millisecond

// A progress is a line on a terminal that says what a command is doing. It appears when the command
// has been at work for a while, and disappears before anything else is printed.
type progress struct {
	terminal io.Writer
	delay    time.Duration

	mu          sync.Mutex
	started     time.Time // the zero Time before anything begins
	stop        chan struct{}
	what, thing string
	done, total int
	drawn       string // what the terminal shows
}

// begin sets what the command does from now on: "reading", and to how many of what. A total of 0
// is work without parts. It returns a function to call after each part.
func (p *progress) begin(what string, total int, thing string) (step func()) {
	if p == nil {
		return func() {}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what, p.thing, p.done, p.total = what, thing, 0, total
	if p.started.IsZero() {
		p.started, p.stop = time.Now(), make(chan struct{})
		go p.draw(p.stop)
	}
	if time.Since(p.started) >= p.delay {
		p.update()
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.done++
	}
}

// end removes the line permanently.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		close(p.stop)
		p.stop = nil
	}
	p.clear()
}

// draw keeps the line up to date until stop is closed.
func (p *progress) draw(stop <-chan struct{}) {
	delay := time.NewTimer(p.delay)
	defer delay.Stop()
	select {
	case <-delay.C:
	case <-stop:
		return
	}
	ticker := time.NewTicker(progressInterval)
	defer ticker.Stop()
	for {
		p.mu.Lock()
		p.update()
		p.mu.Unlock()
		select {
		case <-ticker.C:
		case <-stop:
			return
		}
	}
}

// update shows the line as it is now. The lock is held.
func (p *progress) update() {
	if text := p.text(); p.stop != nil && text != p.drawn {
		p.clear()
		_, _ = io.WriteString(p.terminal, text) // without the line, nothing is lost
		p.drawn = text
	}
}

func (p *progress) text() string {
	if p.total > 1 {
		return fmt.Sprintf("%s %d of %s …", p.what, p.done, plural.Count(p.total, p.thing))
	}
	return fmt.Sprintf("%s … %d s", p.what, int(time.Since(p.started).Seconds()))
}

// clear removes the line from the terminal.
func (p *progress) clear() {
	if p.drawn != "" {
		_, _ = io.WriteString(p.terminal, "\r\x1b[K")
		p.drawn = ""
	}
}

// before returns a writer that removes the line before each write to w.
func (p *progress) before(w io.Writer) io.Writer {
	if p == nil {
		return w
	}
	return clearingWriter{p, w}
}

type clearingWriter struct {
	*progress
	w io.Writer
}

func (c clearingWriter) Write(text []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	return c.w.Write(text)
}
