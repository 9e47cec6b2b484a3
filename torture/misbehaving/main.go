// Command misbehaving is a connector that misbehaves on purpose. The requested identity or command
// chooses the behaviour. The attacks on the server run it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/conngen/conngen/golden/complete/connector"
	"github.com/conngen/conngen/templates/sdk"
)

func main() {
	memory := connector.NewMemory()
	connector.Main(func(context.Context, connector.Config) (connector.Client, error) {
		return client{memory}, nil
	})
}

// A client misbehaves. What it does not override comes from the sample data.
type client struct{ *connector.Memory }

// begun counts the commands that have begun to misbehave.
var begun atomic.Int64

// behaviours are the actions of a read, by the requested identity.
var behaviours = map[string]func(context.Context) error{
	"quick": func(context.Context) error { return nil },
	"sleep": func(context.Context) error {
		time.Sleep(300 * time.Millisecond)
		return nil
	},
	"polite": func(ctx context.Context) error {
		<-ctx.Done()
		return context.Cause(ctx)
	},
	"deaf":  func(context.Context) error { select {} },
	"panic": func(context.Context) error { panic("this command panics") },
	"vanish": func(context.Context) error {
		runtime.Goexit()
		return nil
	},
	"busy": func(context.Context) error {
		for n := 0; ; n++ {
			runtime.Gosched()
		}
	},
	"greedy": func(ctx context.Context) error {
		var held [][]byte
		for ctx.Err() == nil {
			if len(held) < 1000 {
				held = append(held, make([]byte, 64<<10))
			}
			time.Sleep(time.Millisecond)
		}
		return fmt.Errorf("held %d pieces: %w", len(held), ctx.Err())
	},
	"lock": func(context.Context) error {
		<-make(chan struct{})
		return nil
	},
}

// AccountRead behaves as its identity says.
func (c client) AccountRead(ctx context.Context, in sdk.AccountReadInput) (connector.Account, error) {
	behave, ok := behaviours[in.ID()]
	if !ok {
		return connector.Account{}, sdk.NotFound("no account %q", in.ID())
	}
	begun.Add(1)
	if err := behave(ctx); err != nil {
		return connector.Account{}, err
	}
	return account(in.ID()), nil
}

// AccountList sends accounts until a send fails.
func (c client) AccountList(_ context.Context, _ sdk.AccountListInput, out *sdk.Stream[connector.Account]) error {
	begun.Add(1)
	for i := 0; ; i++ {
		if err := out.Send(account(fmt.Sprint(i))); err != nil {
			return err
		}
	}
}

// GroupList sends groups forever and ignores errors.
func (c client) GroupList(_ context.Context, _ sdk.EntitlementListInput, out *sdk.Stream[connector.Group]) error {
	begun.Add(1)
	for i := 0; ; i++ {
		if out.Send(connector.Group{Key: sdk.SimpleKey(fmt.Sprint(i)), Attributes: connector.GroupAttributes{ID: fmt.Sprint(i)}}) != nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// LighthouseReportSeatUsage reports the state of the process.
func (c client) LighthouseReportSeatUsage(_ context.Context, in json.RawMessage, out *sdk.Stream[any]) error {
	switch string(in) {
	case `"fail"`:
		return errors.New("asked to fail")
	case `"free"`:
		debug.FreeOSMemory() // what is resident afterwards is in use
	}
	return out.Send(map[string]any{"begun": begun.Load(), "goroutines": runtime.NumGoroutine()})
}

// account returns an account of about a kilobyte.
func account(id string) connector.Account {
	return connector.Account{
		Key:        sdk.SimpleKey(id),
		Attributes: connector.AccountAttributes{ID: id, UserName: "user " + id, Title: strings.Repeat("x", 1000)},
	}
}
