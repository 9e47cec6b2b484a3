// Package loop keeps the connector of a project running during development. It watches the
// project's files. After each change it validates the spec, generates the package, builds the
// program, starts it, and switches over once it answers. If a change fails, the last good connector
// keeps answering.
package loop

import (
	"slices"
	"time"
)

// A StepName names one step of a round.
type StepName string

// The steps of a round, in their order.
const (
	StepValidate StepName = "validate"
	StepGenerate StepName = "generate"
	StepStub     StepName = "stub"
	StepBuild    StepName = "build"
	StepStart    StepName = "start"
	StepHealth   StepName = "health"
)

// StepNames are all steps, in their order.
var StepNames = []StepName{StepValidate, StepGenerate, StepStub, StepBuild, StepStart, StepHealth}

// A StepState says how far a step is.
type StepState string

// The states of a step.
const (
	StateIdle    StepState = "idle" // its turn has not come
	StateRunning StepState = "running"
	StateDone    StepState = "done"
	StateFailed  StepState = "failed"
	StateSkipped StepState = "skipped" // this change does not need it
)

// A Step describes a step of the newest round.
type Step struct {
	Name  StepName  `json:"name"`
	State StepState `json:"state"`
	Ms    int64     `json:"ms"`
	Text  string    `json:"text"` // one sentence, or nothing
}

// A Phase is the overall state of the loop.
type Phase string

// The phases.
const (
	PhaseStarting Phase = "starting" // a round runs
	PhaseWaiting  Phase = "waiting"  // waiting for an external connector to answer
	PhaseReady    Phase = "ready"    // the newest connector answers
	PhaseFailed   Phase = "failed"   // the newest round failed, or its program ended
	PhaseStopped  Phase = "stopped"  // the loop has ended
)

// A Connector is the program that answers.
type Connector struct {
	Running bool      `json:"running"`
	Since   time.Time `json:"since,omitzero"`
	Build   int       `json:"build"` // number of programs started, 0 before the first
	Stale   bool      `json:"stale"` // it is the last good one, since the newest round failed
}

// A Snapshot is the state of the loop at one moment.
type Snapshot struct {
	Phase     Phase     `json:"phase"`
	Round     int       `json:"round"` // number of rounds
	Steps     []Step    `json:"steps"` // all of them, in order
	Connector Connector `json:"connector"`
}

// copy returns a deep copy of a snapshot.
func (s Snapshot) copy() Snapshot {
	s.Steps = slices.Clone(s.Steps)
	return s
}

// setStep changes a step.
func (s *Snapshot) setStep(name StepName, do func(*Step)) {
	for i := range s.Steps {
		if s.Steps[i].Name == name {
			do(&s.Steps[i])
		}
	}
}

// Step returns a step of the newest round.
func (s Snapshot) Step(name StepName) Step {
	for _, step := range s.Steps {
		if step.Name == name {
			return step
		}
	}
	return Step{Name: name, State: StateIdle}
}

// A GroupName names a group of problems.
type GroupName string

// The groups of problems. The loop does not run the self test.
const (
	GroupValidate GroupName = "validate"
	GroupDrift    GroupName = "drift"
	GroupBuild    GroupName = "build"
	GroupStub     GroupName = "stub"
	GroupSelfTest GroupName = "selftest"
	GroupDiff     GroupName = "diff"
)

// A GroupState says what is known about a group.
type GroupState string

// The states of a group.
const (
	GroupOK      GroupState = "ok"
	GroupFound   GroupState = "found"
	GroupUnknown GroupState = "unknown" // not yet checked, or not possible
)

// A Group is the problems of one kind.
type Group struct {
	Name  GroupName  `json:"name"`
	Title string     `json:"title"`
	State GroupState `json:"state"`
	Text  string     `json:"text,omitempty"` // why it is unknown
	Found []Problem  `json:"found"`          // never nil
}

// A Problem is one finding. Lines and columns count from 1, columns in bytes; 0 stands for none.
type Problem struct {
	Path      string `json:"path"` // relative to the project's folder where it is below, with slashes; empty for none
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
	Severity  string `json:"severity"` // error, warning or info
	Rule      string `json:"rule"`     // empty for none
	Message   string `json:"message"`
	Hint      string `json:"hint"`
}

// A Line is a line that the connector wrote to standard error, without the line end.
type Line struct {
	At    time.Time
	Build int // of the program
	Text  string
}

// An EventKind says what an event is about.
type EventKind int

// The kinds of events.
const (
	EventState    EventKind = iota // Snapshot has changed
	EventProblems                  // Problems have changed
	EventLine                      // the connector wrote Line
	EventConfig                    // the config file has changed
	EventBegin                     // Round begins
	EventRound                     // Round is over
	EventEnding                    // the connector exited, as Ending says
)

// An Event is something that happened. Only the member of its kind is set.
type Event struct {
	Kind     EventKind
	Snapshot Snapshot
	Problems []Group
	Line     Line
	Round    Round
	Ending   Ending
}

// A Round describes one round. At its beginning, it has a number and what changed.
type Round struct {
	Number     int
	Changed    []string // absolute paths, none for the first round and for a requested one
	Ms         int64
	Failed     bool
	Superseded bool // a change outdated it before its end
	Snapshot   Snapshot
}
