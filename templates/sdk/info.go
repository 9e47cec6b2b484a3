package sdk

import "context"

// Info says what is known about the command that a context belongs to.
type Info struct {
	Version *int64  `json:"version,omitempty"` // of the connector; nil where ISC does not say it
	Command Command `json:"commandType"`
}

type infoKey struct{}

// InfoOf returns what is known about the command that ctx belongs to; the zero
// Info outside a command.
func InfoOf(ctx context.Context) Info {
	info, _ := ctx.Value(infoKey{}).(Info)
	return info
}
