package sdk

import "strconv"

// None is the output of commands that only report success.
type None = struct{}

// A Method names a method of the connector's client: the command that it answers and,
// for entitlement commands, the entitlement type. In and Out are the Go types of its
// input and its outputs. The generated package has a Method for each method of its
// Client: [Before], [After], [Call] and [Outputs] take them.
type Method[In, Out any] struct {
	at *methodPoint
}

// NewMethod returns the method that answers a command.
func NewMethod[In, Out any](command Command) Method[In, Out] {
	return Method[In, Out]{&methodPoint{command: command}}
}

// NewTypeMethod returns the method that answers a command for one entitlement type.
func NewTypeMethod[In, Out any](command Command, entitlementType string) Method[In, Out] {
	return Method[In, Out]{&methodPoint{command, entitlementType}}
}

// Command returns the name of the command on the wire.
func (m Method[In, Out]) Command() Command { return m.at.point().command }

// A point is where handlers and hooks meet: a command, and one entitlement type of it
// or "".
type point struct {
	command    Command
	objectType string
}

// A methodPoint is the point of a [Method], which holds a pointer to it: the compiler would make a
// function of its own to compare methods of each pair of types.
type methodPoint point

func (p *methodPoint) point() point {
	if p == nil {
		return point{} // of the zero Method
	}
	return point(*p)
}

func (p point) String() string {
	if p.objectType == "" {
		return string(p.command)
	}
	return string(p.command) + " of type " + strconv.Quote(p.objectType)
}
