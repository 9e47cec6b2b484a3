package loop

import (
	"context"
	"slices"
	"sync"
)

// maxNews is how many events wait for a subscriber. If it does not read them, the oldest are
// dropped.
const maxNews = 10_000

// A board holds the state that the loop shows to others.
type board struct {
	mu          sync.Mutex
	snapshot    Snapshot
	url         string // of the connector that answers
	program     string // its file, "" for an external one
	groups      []Group
	subscribers map[*subscriber]bool
	closed      bool
}

func newBoard() *board {
	b := &board{subscribers: make(map[*subscriber]bool)}
	b.snapshot = Snapshot{Phase: PhaseStarting, Steps: idleSteps()}
	for _, g := range groupTitles {
		b.groups = append(b.groups, Group{Name: g.name, Title: g.title, State: GroupUnknown, Found: []Problem{}})
	}
	return b
}

// groupTitles are the groups that the loop fills, in reading order.
var groupTitles = []struct {
	name  GroupName
	title string
}{
	{GroupValidate, "Spec"},
	{GroupBuild, "Build"},
	{GroupStub, "Client"},
	{GroupDrift, "Generated code"},
	{GroupDiff, "Changes since HEAD"},
}

func idleSteps() []Step {
	steps := make([]Step, len(StepNames))
	for i, name := range StepNames {
		steps[i] = Step{Name: name, State: StateIdle}
	}
	return steps
}

// Snapshot returns the state of the loop.
func (b *board) Snapshot() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.snapshot.copy()
}

// Target returns the URL of the connector that answers, with its build. The URL is empty if none
// does.
func (b *board) Target() (url string, build int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.url, b.snapshot.Connector.Build
}

// Program returns the file of the answering program, "" if none answers and for an external
// connector. The file is removed once another program has taken over and this one has ended.
func (b *board) Program() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.program
}

// Problems returns the problems, by group.
func (b *board) Problems() []Group {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.copyGroups()
}

func (b *board) copyGroups() []Group {
	groups := slices.Clone(b.groups)
	for i := range groups {
		groups[i].Found = slices.Clone(groups[i].Found)
	}
	return groups
}

// change changes the snapshot and notifies all subscribers.
func (b *board) change(do func(*Snapshot)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	do(&b.snapshot)
	b.publish(Event{Kind: EventState, Snapshot: b.snapshot.copy()})
}

// put replaces groups of problems.
func (b *board) put(groups ...Group) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range groups {
		i := slices.IndexFunc(b.groups, func(old Group) bool { return old.Name == g.Name })
		if i < 0 {
			continue
		}
		if g.Found == nil {
			g.Found = []Problem{}
		}
		g.Title = b.groups[i].Title
		b.groups[i] = g
	}
	b.publish(Event{Kind: EventProblems, Problems: b.copyGroups()})
}

// append adds a problem to a group.
func (b *board) append(name GroupName, p Problem) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.groups {
		if g := &b.groups[i]; g.Name == name {
			g.State, g.Text, g.Found = GroupFound, "", append(slices.Clone(g.Found), p)
		}
	}
	b.publish(Event{Kind: EventProblems, Problems: b.copyGroups()})
}

// tell passes on an event that changes nothing here.
func (b *board) tell(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.publish(e)
}

func (b *board) publish(e Event) {
	for s := range b.subscribers {
		s.offer(e)
	}
}

// close ends all subscriptions, after their last events.
func (b *board) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for s := range b.subscribers {
		s.finish()
	}
}

// Subscribe returns a channel of events from now on, beginning with the current state and problems.
// A slow reader never delays the loop: it gets only the newest state and problems, and the last
// 10,000 lines. The channel is closed when the context ends, and at the end of the loop.
func (b *board) Subscribe(ctx context.Context) <-chan Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &subscriber{wake: make(chan struct{}, 1)}
	s.offer(Event{Kind: EventState, Snapshot: b.snapshot.copy()})
	s.offer(Event{Kind: EventProblems, Problems: b.copyGroups()})
	if b.closed {
		s.finish()
	} else {
		b.subscribers[s] = true
	}
	events := make(chan Event)
	go func() {
		defer close(events)
		s.deliver(ctx, events)
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subscribers, s)
	}()
	return events
}

// A subscriber holds events not yet read.
type subscriber struct {
	wake chan struct{}

	mu              sync.Mutex
	state, problems *Event // the newest ones
	news            []Event
	finished        bool
}

// offer adds an event. A state or problems replace older ones.
func (s *subscriber) offer(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e.Kind {
	case EventState:
		s.state = &e
	case EventProblems:
		s.problems = &e
	default:
		s.news = append(s.news, e)
		s.news = s.news[max(0, len(s.news)-maxNews):]
	}
	s.signal()
}

func (s *subscriber) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finished = true
	s.signal()
}

func (s *subscriber) signal() {
	select {
	case s.wake <- struct{}{}:
	default: // it has not yet woken up from the last signal
	}
}

// take returns the next event, if there is one, and whether more can follow.
func (s *subscriber) take() (e Event, ok, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.state != nil:
		e, s.state = *s.state, nil
	case s.problems != nil:
		e, s.problems = *s.problems, nil
	case len(s.news) > 0:
		e, s.news = s.news[0], s.news[1:]
	default:
		return Event{}, false, !s.finished
	}
	return e, true, true
}

// deliver sends events until the context ends or no more come.
func (s *subscriber) deliver(ctx context.Context, events chan<- Event) {
	for {
		e, ok, more := s.take()
		switch {
		case ok:
			select {
			case events <- e:
			case <-ctx.Done():
				return
			}
		case !more:
			return
		default:
			select {
			case <-s.wake:
			case <-ctx.Done():
				return
			}
		}
	}
}
